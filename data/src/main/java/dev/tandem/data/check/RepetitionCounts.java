package dev.tandem.data.check;

import dev.tandem.data.format.RowTexts;

/** Counts the rows of one file that also occur elsewhere. */
final class RepetitionCounts {
    private final CheckedFile file;
    private final TrainedRows trainedRows;
    private final boolean trainingFile;
    private final RowHashes seen = new RowHashes();
    private final RowSample.Counter within = new RowSample.Counter();
    private final RowSample.Counter trained = new RowSample.Counter();
    private final RowSample.Counter prompts = new RowSample.Counter();

    RepetitionCounts(CheckedFile file, TrainedRows trainedRows) {
        this.file = file;
        this.trainedRows = trainedRows;
        this.trainingFile = file.evaluation() && trainedRows.hasFile(file);
        if (!file.evaluation()) {
            trainedRows.addFile(file);
        }
    }

    void row(String where, RowTexts row) {
        if (!seen.add(row.hash())) {
            within.add(where);
        }
        var asks = !row.prompt().isBlank();
        if (!file.evaluation()) {
            if (asks && trainedRows.othersHavePrompt(file.objective(), row)) {
                prompts.add(where);
            }
            trainedRows.add(file.objective(), row);
        } else if (!trainingFile) {
            if (trainedRows.hasRow(file.objective(), row)) {
                trained.add(where);
            } else if (asks && trainedRows.hasPrompt(row)) {
                prompts.add(where);
            }
        }
    }

    Repetitions repetitions() {
        return new Repetitions(
                within.sample(),
                trained.sample(),
                prompts.sample(),
                trainingFile,
                !seen.full() && trainedRows.complete());
    }
}

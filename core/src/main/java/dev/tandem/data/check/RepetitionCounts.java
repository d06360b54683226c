package dev.tandem.data.check;

import dev.tandem.data.RowTexts;

/** Counts the rows of one file that are somewhere else too. */
final class RepetitionCounts {
    private final CheckedFile file;
    private final TrainedRows trainedRows;
    private final boolean trainingFile;
    private final RowHashes seen = new RowHashes();
    private final Places within = new Places();
    private final Places trained = new Places();
    private final Places prompts = new Places();

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
                within.found(), trained.found(), prompts.found(), trainingFile, !seen.full() && trainedRows.complete());
    }
}

package dev.tandem.data.check;

import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks data files before training. Memory does not grow with the files: only the first places of each finding are
 * kept, and rows are compared by a limited number of hashes.
 *
 * @param files findings of each file, in the order the files were named
 * @param errors errors that would stop a run, apart from those of the files
 */
public record DataCheck(List<FileFindings> files, List<String> errors) {
    /** How many broken rows of a file are reported before its check gives up. */
    public static final int MAX_ERRORS = 10;

    public DataCheck {
        files = List.copyOf(files);
        errors = List.copyOf(errors);
    }

    /**
     * Settings of a check.
     *
     * @param tokenizer absent: only token rows are encoded, others are compared and counted
     * @param vocabSize number of tokens in the model's vocabulary
     * @param examples number of rows per file to show as the model sees them
     * @param shapes whether to collect the lengths of all rows
     */
    public record Settings(Optional<TextTokenizer> tokenizer, int vocabSize, int examples, boolean shapes) {}

    /**
     * Checks files: first those for training, with which the others are compared. A file that cannot be read is
     * reported.
     */
    public static DataCheck of(List<CheckedFile> files, Settings settings) {
        var trained = new TrainedRows();
        var findings = new LinkedHashMap<CheckedFile, FileFindings>();
        for (var evaluation : List.of(false, true)) {
            for (var file : files) {
                if (file.evaluation() == evaluation) {
                    findings.computeIfAbsent(file, f -> new FileCheck(f, settings, trained).run());
                }
            }
        }
        var inOrder = files.stream()
                .distinct()
                .map(file -> Optional.ofNullable(findings.get(file)).orElseThrow())
                .toList();
        return new DataCheck(inOrder, nothingToTrain(findings));
    }

    /** Whether a finding would stop a run. */
    public boolean stopsARun() {
        return !errors.isEmpty()
                || files.stream().anyMatch(file -> !file.errors().isEmpty());
    }

    /** Objectives for which every row is dropped; of blended files, each must yield rows. */
    private static List<String> nothingToTrain(Map<CheckedFile, FileFindings> findings) {
        var kept = new LinkedHashMap<String, Integer>();
        findings.forEach((file, found) -> {
            if (!file.evaluation()) {
                var blended = file.source().weight().isPresent();
                // broken or not encoded: what it would yield is unknown
                var rows = found.errors().isEmpty() ? found.kept().orElse(1) : 1;
                kept.merge(file.objective() + (blended ? " (" + found.path() + ")" : ""), rows, Integer::sum);
            }
        });
        return kept.entrySet().stream()
                .filter(part -> part.getValue() == 0)
                .map(part -> part.getKey() + ": there is nothing to train on, every row is dropped.")
                .toList();
    }
}

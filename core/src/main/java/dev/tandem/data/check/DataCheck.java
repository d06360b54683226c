package dev.tandem.data.check;

import dev.tandem.data.TextTokenizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Goes through data files before anything is trained on them. Memory does not grow with the files: of what is found, the
 * first places are kept; rows are compared by hashes, of which there is a limit.
 *
 * @param files what was found in each, in the order the files were named
 * @param errors what would stop a run besides the errors of the files
 */
public record DataCheck(List<FileFindings> files, List<String> errors) {
    /** How many broken rows of a file are told of before the check of it gives up. */
    public static final int MOST_ERRORS = 10;

    public DataCheck {
        files = List.copyOf(files);
        errors = List.copyOf(errors);
    }

    /**
     * How to check.
     *
     * @param tokenizer absent: only token rows are encoded, others are compared and counted
     * @param vocabSize the model's, tokens
     * @param examples rows of each file to show as the model sees them
     * @param shapes whether the lengths of all rows are wanted
     */
    public record Settings(Optional<TextTokenizer> tokenizer, int vocabSize, int examples, boolean shapes) {}

    /** Checks files: first those for training, with which the others are compared. A file that cannot be read is told of. */
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

    /** Whether something was found that would stop a run. */
    public boolean stopsARun() {
        return !errors.isEmpty()
                || files.stream().anyMatch(file -> !file.errors().isEmpty());
    }

    /** Objectives of which every row is dropped; of blended files, each must give rows. */
    private static List<String> nothingToTrain(Map<CheckedFile, FileFindings> findings) {
        var kept = new LinkedHashMap<String, Integer>();
        findings.forEach((file, found) -> {
            if (!file.evaluation()) {
                var blended = file.source().weight().isPresent();
                // broken or not encoded: what it would give is unknown
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

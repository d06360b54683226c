package dev.tandem.data.load;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.RowRemarks;
import dev.tandem.data.encoding.RowWarning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An account of an objective's data: nothing is dropped or truncated silently.
 *
 * @param objective the objective's name
 * @param files all files that were read
 * @param training training examples
 * @param evaluation evaluation examples
 * @param tokens number of tokens of all training examples
 * @param trainedTokens number of tokens whose log-prob is trained
 * @param longest length of the longest sequence in tokens, training and evaluation
 */
public record DataReport(
        String objective,
        List<FileReport> files,
        int training,
        int evaluation,
        long tokens,
        long trainedTokens,
        int longest) {
    public DataReport {
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param path the file
     * @param rows rows read from it
     * @param kept rows kept
     * @param dropped rows left out, by reason
     * @param notes remarkable rows among those kept
     */
    public record FileReport(
            Path path, int rows, int kept, Map<DropReason, Integer> dropped, Map<RowWarning, Integer> notes) {
        public FileReport {
            dropped = Map.copyOf(dropped);
            notes = Map.copyOf(notes);
        }
    }

    /** The report for people: one line for the whole, and one for each file with remarks. */
    public String text() {
        var lines = new ArrayList<String>();
        lines.add(String.format(
                Locale.ROOT,
                "%s: %,d training examples (%,d tokens, %,d trained), %,d for evaluation, longest sequence %,d tokens",
                objective,
                training,
                tokens,
                trainedTokens,
                evaluation,
                longest));
        for (var file : files) {
            var remarks = String.join("; ", RowRemarks.texts(file.dropped(), file.notes()));
            lines.add(String.format(
                    Locale.ROOT,
                    "  %s: %,d rows, %,d kept%s",
                    file.path(),
                    file.rows(),
                    file.kept(),
                    remarks.isEmpty() ? "" : "; " + remarks));
        }
        return String.join("\n", lines);
    }

    /** The report for the metrics, as maps, lists, numbers and strings. */
    public Map<String, Object> json() {
        var result = new LinkedHashMap<String, Object>();
        result.put("training", training);
        result.put("evaluation", evaluation);
        result.put("tokens", tokens);
        result.put("trained_tokens", trainedTokens);
        result.put("longest", longest);
        result.put("files", files.stream().map(DataReport::json).toList());
        return result;
    }

    private static Map<String, Object> json(FileReport file) {
        var result = new LinkedHashMap<String, Object>();
        result.put("path", file.path().toString());
        result.put("rows", file.rows());
        result.put("kept", file.kept());
        result.put("dropped", RowRemarks.byName(file.dropped()));
        result.put("notes", RowRemarks.byName(file.notes()));
        return result;
    }
}

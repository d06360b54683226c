package dev.tandem.eval.choice;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads multiple-choice questions: MMLU's CSV files without a header (question, A, B, C, D, letter of the answer; the
 * subject is in the file's name), and rows in the shapes of {@link QuestionRow}.
 */
public final class QuestionFiles {
    private static final List<String> MMLU = List.of("question", "A", "B", "C", "D", "answer");
    private static final Set<String> SUFFIXES = Set.of("csv", "tsv", "jsonl", "ndjson", "json", "parquet");

    private QuestionFiles() {}

    /**
     * All questions of a file, or of the files in a folder, by name.
     *
     * @param path file or folder
     * @param split {@code test} or {@code dev}: if a folder has files named {@code <subject>_<split>.…}, only these are read
     * @throws UserException if a file is unreadable or a row is not a multiple-choice question
     */
    public static List<Question> read(Path path, String split) {
        var result = new ArrayList<Question>();
        for (var file : files(path, split)) {
            var suffix = RowFiles.suffix(file);
            if (suffix.equals("csv") || suffix.equals("tsv")) {
                RowFiles.readWithoutHeader(file, MMLU, row -> result.add(mmlu(row, subject(file))));
            } else {
                RowFiles.read(file, row -> result.add(new QuestionRow(row).read()));
            }
        }
        return result;
    }

    private static List<Path> files(Path path, String split) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            var files = entries.filter(file -> SUFFIXES.contains(RowFiles.suffix(file)))
                    .sorted()
                    .toList();
            var ofSplit = files.stream()
                    .filter(file -> stem(file).endsWith("_" + split))
                    .toList();
            if (files.isEmpty()) {
                throw new UserException(path + " holds no files of questions; .csv, .jsonl or .parquet were expected.");
            }
            return ofSplit.isEmpty() ? files : ofSplit;
        } catch (IOException e) {
            throw new UserException("Cannot read the folder " + path + ": " + e.getMessage(), e);
        }
    }

    private static String stem(Path file) {
        var name = String.valueOf(file.getFileName());
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }

    private static String subject(Path file) {
        return stem(file).replaceFirst("_(test|dev|val)$", "");
    }

    private static Question mmlu(Row row, String subject) {
        var values = JsonMapper.shared().createObjectNode();
        values.set("question", row.values().path("question"));
        values.set("answer", row.values().path("answer"));
        values.put("subject", subject);
        var choices = values.putArray("choices");
        MMLU.subList(1, 5)
                .forEach(column -> choices.add(row.values().path(column).asString()));
        return new QuestionRow(new Row(row.where(), values)).read();
    }
}

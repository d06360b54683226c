package dev.tandem.eval;

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
import tools.jackson.databind.JsonNode;

/**
 * Reads multiple-choice questions: MMLU's CSV files without a header (question, A, B, C, D, letter of the answer; the
 * subject is in the file's name), and rows with {@code question}, {@code choices}, {@code answer} (index from 0, or
 * letter) and optionally {@code subject}.
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
                RowFiles.read(file, row -> result.add(question(row)));
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
        var choices = MMLU.subList(1, 5).stream()
                .map(column -> row.values().path(column).asString())
                .toList();
        var text = row.values().path("question").asString();
        return new Question(row.where(), subject, text, choices, answer(row, choices.size()));
    }

    private static Question question(Row row) {
        var values = row.values();
        if (!values.path("question").isString() || !values.path("choices").isArray()) {
            throw new UserException(row.where() + ": this is not a question with choices. A text 'question', a list"
                    + " 'choices' and an 'answer' were expected; the columns are " + values.propertyNames() + ".");
        }
        var choices = new ArrayList<String>();
        for (var choice : values.path("choices")) {
            if (!choice.isString()) {
                throw new UserException(row.where() + ": a choice is " + choice + ", a text was expected.");
            }
            choices.add(choice.stringValue());
        }
        if (choices.size() < 2 || choices.size() > 26) {
            throw new UserException(row.where() + ": choices: " + choices.size() + ", but 2 to 26 are needed.");
        }
        var subject = values.path("subject").asString("");
        var text = values.path("question").stringValue();
        return new Question(row.where(), subject, text, choices, answer(row, choices.size()));
    }

    private static int answer(Row row, int choices) {
        var index = index(row.values().path("answer"));
        if (index < 0 || index >= choices) {
            throw new UserException(row.where() + ": the answer is "
                    + row.values().path("answer") + ", but must be a"
                    + " letter from A to " + Question.letter(choices - 1) + ", or an index from 0 to " + (choices - 1)
                    + ".");
        }
        return index;
    }

    private static int index(JsonNode answer) {
        if (answer.isIntegralNumber() && answer.canConvertToInt()) {
            return answer.intValue();
        }
        var text = answer.isString() ? answer.stringValue().strip() : "";
        if (text.length() == 1) {
            var character = Character.toUpperCase(text.charAt(0));
            return character >= 'A' ? character - 'A' : character - '0';
        }
        return -1;
    }
}

package dev.tandem.data.format;

import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.rows.Row;
import dev.tandem.io.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The texts of a row before any template or tokenizer is applied. Rows are compared by them.
 *
 * @param prompt the question; in a conversation, everything before its first answer
 * @param answers one answer, or the chosen and the rejected one; in a conversation, everything after its prompt
 */
public record RowTexts(String prompt, List<String> answers) {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    /** Turn marks that some data sets contain and others leave to the template. */
    private static final Pattern MARKS = Pattern.compile("^(Human|User):|Assistant:$");

    public RowTexts {
        answers = List.copyOf(answers);
    }

    /**
     * Reads the texts of a row that has a prompt and one or two answers in separate columns.
     *
     * @param columns the row's names of the columns
     * @param prompt column of the prompt
     * @param answers columns of the answers
     * @return absent if the row lacks one of the columns
     */
    public static Optional<RowTexts> of(Row row, RowColumns columns, String prompt, String... answers) {
        var found = Stream.concat(Stream.of(prompt), Stream.of(answers))
                .flatMap(column -> PlainText.of(row, columns, column).stream())
                .toList();
        return found.size() == 1 + answers.length
                ? Optional.of(new RowTexts(found.get(0), found.subList(1, found.size())))
                : Optional.empty();
    }

    /** A hash of the prompt and all answers, independent of the white space between words. */
    public long hash() {
        var parts = new ArrayList<String>();
        parts.add(prompt);
        parts.addAll(answers);
        return hash(parts);
    }

    /** A hash of the prompt, without the turn marks around it. */
    public long promptHash() {
        return hash(List.of(MARKS.matcher(prompt.strip()).replaceAll("")));
    }

    private static long hash(List<String> parts) {
        var digest = Sha256.start();
        for (var part : parts) {
            var words = SPACE.matcher(part.strip()).replaceAll(" ");
            digest.update(words.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}

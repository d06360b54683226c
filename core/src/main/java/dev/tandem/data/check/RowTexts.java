package dev.tandem.data.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The texts of a row before any template or tokenizer, by which rows are compared.
 *
 * @param prompt the question; in a conversation, everything before its first answer
 * @param answers one answer, or the chosen and the rejected one; in a conversation, everything after its prompt
 */
record RowTexts(String prompt, List<String> answers) {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    /** Turn marks that some data sets contain and others leave to the template. */
    private static final Pattern MARKS = Pattern.compile("^(Human|User):|Assistant:$");

    RowTexts {
        answers = List.copyOf(answers);
    }

    /** Hash of the prompt and all answers, independent of the white space between their words. */
    long hash() {
        var parts = new ArrayList<String>();
        parts.add(prompt);
        parts.addAll(answers);
        return hash(parts);
    }

    /** Hash of the prompt, without the turn marks around it. */
    long promptHash() {
        return hash(List.of(MARKS.matcher(prompt.strip()).replaceAll("")));
    }

    private static long hash(List<String> parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                var words = SPACE.matcher(part.strip()).replaceAll(" ");
                digest.update(words.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return ByteBuffer.wrap(digest.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

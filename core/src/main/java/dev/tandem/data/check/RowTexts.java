package dev.tandem.data.check;

import dev.tandem.io.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The texts of a row before any template or tokenizer: what rows are compared by.
 *
 * @param prompt what is asked; of a conversation, everything before its first answer
 * @param answers one answer, or the chosen and the rejected one; of a conversation, everything after its prompt
 */
record RowTexts(String prompt, List<String> answers) {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    /** Turn marks that some data sets hold and others leave to the template. */
    private static final Pattern MARKS = Pattern.compile("^(Human|User):|Assistant:$");

    RowTexts {
        answers = List.copyOf(answers);
    }

    /** Of the prompt and all answers, the same whatever white space stands between their words. */
    long hash() {
        var parts = new ArrayList<String>();
        parts.add(prompt);
        parts.addAll(answers);
        return hash(parts);
    }

    /** Of the prompt, without the turn marks around it. */
    long promptHash() {
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

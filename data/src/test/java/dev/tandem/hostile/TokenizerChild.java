package dev.tandem.hostile;

import dev.tandem.UserException;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Loads and uses tokenizers in a process of its own, which the native library may end. Arguments: a file to write to, then
 * folders. A line each: {@code loaded}, or what the user would read.
 */
public final class TokenizerChild {
    private TokenizerChild() {}

    public static void main(String[] arguments) throws Exception {
        try (var out = new PrintWriter(arguments[0], StandardCharsets.UTF_8)) {
            for (var i = 1; i < arguments.length; i++) {
                out.println(outcome(Path.of(arguments[i])));
                out.flush();
            }
        }
    }

    private static String outcome(Path folder) {
        try (var tokenizer = TextTokenizer.load(folder)) {
            var ids = tokenizer.encodePrompt("Hello there, \u00e9\ud83d\ude00 the sun " + "a".repeat(1000));
            tokenizer.encodeContinuation(" over the hill");
            tokenizer.decode(ids);
            tokenizer.decode(new int[0]);
            tokenizer.decodeWithoutSpecialTokens(ids);
            return "loaded";
        } catch (UserException e) {
            return e.getMessage().replace('\n', ' ');
        }
    }
}

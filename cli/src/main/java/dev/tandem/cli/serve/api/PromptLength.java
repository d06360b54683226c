package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import dev.tandem.data.tokenizer.TextTokenizer;

/**
 * Refuses texts that are longer than the model can take before they are tokenised as a whole: the memory and time of
 * tokenising grow with the text. Pieces of a text are counted until their tokens are more than fit, so that the effort
 * depends on the model's length and not on the text's.
 */
final class PromptLength {
    /** Characters of a piece; shorter texts need no count. */
    private static final int PIECE = 16_384;

    /** A piece may have more tokens than it has as a part of the whole, because words are cut at its ends. */
    private static final int CUT_TOKENS = 64;

    private PromptLength() {}

    /**
     * Checks a text.
     *
     * @param param the parameter that holds it
     * @param longest most tokens of prompt and answer together
     * @throws ApiError.Refusal if it certainly has more tokens
     */
    static void check(TextTokenizer tokenizer, String param, String text, int longest) {
        if (text.length() <= PIECE) {
            return;
        }
        long tokens = 0;
        for (var at = 0; at < text.length(); ) {
            var end = end(text, at);
            tokens += Math.max(0, tokenizer.encodeContinuation(text.substring(at, end)).length - CUT_TOKENS);
            if (tokens > longest) {
                throw tooLong(param, longest, text.length() + " characters");
            }
            at = end;
        }
    }

    private static int end(String text, int at) {
        var end = Math.min(text.length(), at + PIECE);
        return end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end;
    }

    /** The error for a prompt that is certainly too long. @param size of the prompt, in words */
    static ApiError.Refusal tooLong(String param, int longest, String size) {
        return ApiError.parameter(
                        param,
                        "context_length_exceeded",
                        "This model's maximum context length is " + longest + " tokens. However, your " + size
                                + " have more. Reduce the length of the " + param + ".")
                .refusal();
    }
}

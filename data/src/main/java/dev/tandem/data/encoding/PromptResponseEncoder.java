package dev.tandem.data.encoding;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Encodes prompt and response as one sequence of token ids.
 *
 * <p>The two are tokenised separately and joined as ids, so that training sees exactly what generation sees, and the
 * mask is exact. Spaces at the end of the prompt move to the front of the response first (unless that begins with one):
 * {@code "Assistant: " + "Hi"} is {@code "Assistant:" + " Hi"}, as a model writes it. BOS occurs once at the front if
 * the tokenizer's own rules add it. The response ends with the EOS id exactly once. The response's tokens are trained,
 * EOS included.
 */
public final class PromptResponseEncoder {
    private final SequenceLimits rules;
    private final TextTokenizer tokenizer;

    public PromptResponseEncoder(SequenceLimits rules) {
        this.rules = rules;
        this.tokenizer = rules.tokenizer();
    }

    /**
     * Encodes one sequence.
     *
     * @param where names the row in messages
     * @throws dev.tandem.UserException if a token is beyond the model's vocabulary
     */
    public EncodedRow one(String where, Prompt prompt, String response) {
        if (!TextTokenizer.isUnicode(prompt.text())) {
            return new EncodedRow.Dropped(DropReason.NOT_UNICODE);
        }
        return answer(where, prompt, promptIds(where, prompt), response);
    }

    /**
     * Encodes two sequences that share their prompt; the pair is dropped when either is.
     *
     * @param where names the row in messages
     * @throws dev.tandem.UserException if a token is beyond the model's vocabulary
     */
    public EncodedRow pair(String where, Prompt prompt, String chosen, String rejected) {
        if (!TextTokenizer.isUnicode(prompt.text())) {
            return new EncodedRow.Dropped(DropReason.NOT_UNICODE);
        }
        var ids = promptIds(where, prompt);
        return PairEncoding.of(answer(where, prompt, ids, chosen), answer(where, prompt, ids, rejected));
    }

    /**
     * A prompt ready for the model.
     *
     * @param text the rendered text
     * @param blank whether the row's own prompt is empty or blank, regardless of the template
     */
    public record Prompt(String text, boolean blank) {}

    private int[] promptIds(String where, Prompt prompt) {
        var ids = tokenizer.encodePrompt(prompt.text());
        rules.checkVocabulary(where, ids);
        return ids;
    }

    private EncodedRow answer(String where, Prompt prompt, int[] promptIds, String response) {
        if (!TextTokenizer.isUnicode(response)) {
            return new EncodedRow.Dropped(DropReason.NOT_UNICODE);
        }
        if (promptIds.length >= rules.maxLength()) {
            return new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG);
        }
        var answer = answerIds(where, prompt.text(), promptIds, response);
        var ids =
                IntStream.concat(IntStream.of(promptIds), IntStream.of(answer)).toArray();
        // The very first token has no context. EOS alone is not an answer.
        var trainable = answer.length - 1 - (promptIds.length == 0 ? 1 : 0);
        if (response.isEmpty() || trainable <= 0) {
            return new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN);
        }
        var notes = EnumSet.noneOf(RowWarning.class);
        if (prompt.blank()) {
            notes.add(RowWarning.EMPTY_PROMPT);
        }
        if (ids.length > rules.maxLength()) {
            if (rules.overlong() == Overlong.DROP) {
                return new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG);
            }
            ids = Arrays.copyOf(ids, rules.maxLength());
            notes.add(RowWarning.RESPONSE_CUT);
        }
        var sequence = TokenSequence.of(ids, promptIds.length);
        return sequence.trainedTokens() == 0
                ? new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG)
                : new EncodedRow.Kept(List.of(sequence), notes);
    }

    /** The response's ids with EOS once at the end, also when the text ends with the EOS token's own text. */
    private int[] answerIds(String where, String prompt, int[] promptIds, String response) {
        var kept = TextTokenizer.withoutTrailingSpaces(prompt);
        var moved = response.startsWith(" ") ? "" : prompt.substring(kept.length());
        var text = moved + response;
        var ids = kept.isEmpty() ? tokenizer.encode(text) : tokenizer.encodeFollowing(promptIds, text);
        rules.checkVocabulary(where, ids);
        var end = ids.length;
        while (end > 0 && ids[end - 1] == tokenizer.eos()) {
            end--;
        }
        var ended = Arrays.copyOf(ids, end + 1);
        ended[end] = tokenizer.eos();
        return ended;
    }
}

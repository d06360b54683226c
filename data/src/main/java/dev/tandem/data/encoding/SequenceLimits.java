package dev.tandem.data.encoding;

import dev.tandem.UserException;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.text.SafeText;

/**
 * The limits that every token sequence of an objective obeys.
 *
 * @param tokenizer the model's tokenizer
 * @param vocabSize rows of the model's embedding
 * @param maxLength maximum length of a sequence in tokens
 * @param overlong what happens to a response that does not fit
 */
public record SequenceLimits(TextTokenizer tokenizer, int vocabSize, int maxLength, Overlong overlong) {

    /** @throws UserException if the tokenizer's EOS, or the BOS it adds, is beyond the model's vocabulary */
    public SequenceLimits {
        if (tokenizer.eos() >= vocabSize) {
            throw new UserException(beyond("the tokenizer's end-of-sequence token", tokenizer.eos(), vocabSize));
        }
        if (tokenizer.addsBos() && tokenizer.bos().getAsInt() >= vocabSize) {
            throw new UserException(beyond(
                    "the tokenizer's beginning-of-sequence token",
                    tokenizer.bos().getAsInt(),
                    vocabSize));
        }
    }

    /** @throws UserException if an id is beyond the model's vocabulary */
    public void checkVocabulary(String where, int[] ids) {
        for (var id : ids) {
            if (id >= vocabSize) {
                var token = SafeText.line(tokenizer.decode(new int[] {id}), 80);
                throw new UserException(beyond(where + ": the token '" + token + "'", id, vocabSize));
            }
        }
    }

    private static String beyond(String what, int id, int vocabSize) {
        return what + " has the id " + id + ", but the model's vocabulary has " + vocabSize + " tokens (vocab_size in"
                + " config.json). Use the tokenizer that belongs to the model.";
    }
}

package dev.tandem.data;

import java.util.Arrays;

/**
 * One sequence as the model reads it: token ids, and which of them are trained (response tokens).
 *
 * <p>A token is trained when the objective uses its log-prob given all preceding tokens. The first token has no context
 * and is never trained.
 *
 * @param ids token ids, {@code [tokens]}
 * @param trained for each token whether its log-prob counts, {@code [tokens]}; {@code trained[0]} is always false
 */
public record TokenSequence(int[] ids, boolean[] trained) {

    /** @throws IllegalArgumentException if the arrays differ in length or are empty, or the first token is trained */
    public TokenSequence {
        if (ids.length != trained.length) {
            throw new IllegalArgumentException("ids has " + ids.length + " tokens, trained " + trained.length);
        }
        if (ids.length == 0) {
            throw new IllegalArgumentException("a token sequence needs at least one token");
        }
        if (trained[0]) {
            throw new IllegalArgumentException("the first token has no context and cannot be trained");
        }
    }

    /** A sequence of prompt, then response: every token at index ≥ {@code promptLength} (and ≥ 1) is trained. */
    public static TokenSequence of(int[] ids, int promptLength) {
        var trained = new boolean[ids.length];
        for (var i = Math.max(1, promptLength); i < ids.length; i++) {
            trained[i] = true;
        }
        return new TokenSequence(ids, trained);
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Number of trained tokens. */
    public int trainedTokens() {
        var count = 0;
        for (var t : trained) {
            count += t ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenSequence that
                && Arrays.equals(ids, that.ids)
                && Arrays.equals(trained, that.trained);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Arrays.hashCode(trained);
    }

    @Override
    public String toString() {
        return "TokenSequence[" + ids.length + " tokens, " + trainedTokens() + " trained]";
    }
}

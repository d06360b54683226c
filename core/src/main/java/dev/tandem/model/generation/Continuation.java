package dev.tandem.model.generation;

import java.util.Set;

/**
 * A text to be continued.
 *
 * @param prompt token ids, at least one
 * @param maxNewTokens most tokens to add, at least 1
 * @param endTokens tokens that end the text; the one that did is not told
 * @param sampler chooses its tokens
 * @param listener hears them
 */
public record Continuation(int[] prompt, int maxNewTokens, Set<Integer> endTokens, Sampler sampler, Listener listener) {
    public Continuation {
        endTokens = Set.copyOf(endTokens);
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens);
        }
    }

    /** Tokens it can get, prompt included. */
    int mostTokens() {
        return Math.addExact(prompt.length, maxNewTokens);
    }

    /** Hears the tokens of one text. */
    public interface Listener {
        /**
         * A new token.
         *
         * @param token its id
         * @return whether to go on
         */
        boolean onToken(int token);

        /**
         * No more tokens come.
         *
         * @param end why
         */
        void onEnd(End end);
    }

    /** Why a text ended. */
    public enum End {
        /** One of the end tokens came. */
        END_TOKEN,
        /** The listener wanted no more: it was cancelled, or found what it waited for. */
        LISTENER,
        /** It is as long as was asked for. */
        LENGTH
    }
}

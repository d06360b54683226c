package dev.tandem.model.generation;

import java.util.Set;

/**
 * A request to continue a text.
 *
 * @param prompt token ids, at least one
 * @param maxNewTokens maximum number of tokens to add, at least 1
 * @param endTokens tokens that end the text; the one that did is not passed to {@link Listener#onToken}
 * @param sampler chooses its tokens
 * @param listener receives the tokens
 */
public record GenerationTask(
        int[] prompt, int maxNewTokens, Set<Integer> endTokens, Sampler sampler, Listener listener) {
    public GenerationTask {
        endTokens = Set.copyOf(endTokens);
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt needs at least one token");
        }
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens);
        }
    }

    /** Maximum number of tokens, prompt included. */
    int mostTokens() {
        return (int) Math.min(Integer.MAX_VALUE, (long) prompt.length + maxNewTokens);
    }

    /** Receives the tokens of one text. */
    public interface Listener {
        /**
         * Called with each new token.
         *
         * @param token its id
         * @return whether to continue
         */
        boolean onToken(int token);

        /**
         * Called with the token that ends the text, before {@link #onEnd}. It is not part of the text.
         *
         * @param token its id
         */
        default void onEndToken(int token) {}

        /**
         * Called when no more tokens follow.
         *
         * @param end why the text ended
         */
        void onEnd(End end);
    }

    /** Why a text ended. */
    public enum End {
        /** The model produced one of the end tokens. */
        END_TOKEN,
        /** The listener wanted no more: it was cancelled, or found what it was waiting for. */
        LISTENER,
        /** The text reached the requested length. */
        LENGTH
    }
}

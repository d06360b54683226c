package dev.tandem.model.batch;

import dev.tandem.data.example.Example;

/** The prompt that two answers share, and whether to compute it only once. */
public final class SharedPrompt {
    /** A shorter prompt saves less than the separate attention call costs that the second answer then needs. */
    static final int SHORTEST = 8;

    private SharedPrompt() {}

    /** Number of tokens at the beginning of both sequences that are equal and not trained. */
    static int length(Example pair) {
        var a = pair.sequences().get(0);
        var b = pair.sequences().get(1);
        var most = Math.min(a.length(), b.length());
        var i = 0;
        while (i < most && a.ids()[i] == b.ids()[i] && !a.trained()[i] && !b.trained()[i]) {
            i++;
        }
        return i;
    }

    /**
     * Whether sharing saves more in the linear layers than it costs in attention. With sharing, each block computes P
     * fewer tokens (24·hidden² operations a token). The second answer's B rows go over all B·(P+B) pairs under a mask,
     * where its own sequence would go over the lower half of (P+B)² (4·hidden operations a pair).
     */
    public static boolean pays(Example pair, int hiddenSize) {
        var prompt = (long) length(pair);
        var answers = pair.sequences();
        if (prompt < SHORTEST
                || answers.get(0).trainedTokens() == 0
                || answers.get(1).trainedTokens() == 0) {
            return false;
        }
        var second = answers.get(1).length() - prompt;
        var morePairs = second * (prompt + second) - (prompt + second) * (prompt + second) / 2;
        return prompt * 6 * hiddenSize > morePairs;
    }
}

package dev.tandem.model;

import dev.tandem.data.Example;
import dev.tandem.data.TokenSequence;

/** The prompt two answers share, and whether to compute it once. */
final class SharedPrompt {
    private SharedPrompt() {}

    /** Tokens at the beginning of both sequences that are equal and not trained. */
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
     * Whether sharing saves more in the linear layers than it costs in attention. Shared, each block computes P tokens
     * less (24·hidden² operations a token), but its attention goes over all (P+A+B)² pairs of rows under a mask instead
     * of the lower halves of (P+A)² and (P+B)² (4·hidden operations a pair).
     */
    static boolean pays(Example pair, int hiddenSize) {
        var prompt = (long) length(pair);
        if (prompt == 0 || answer(pair, 0, prompt) < 1 || answer(pair, 1, prompt) < 1) {
            return false;
        }
        var first = prompt + answer(pair, 0, prompt);
        var second = prompt + answer(pair, 1, prompt);
        var together = first + second - prompt;
        var extraPairs = together * together - (first * first + second * second) / 2;
        return prompt * 6 * hiddenSize > extraPairs;
    }

    private static long answer(Example pair, int sequence, long prompt) {
        TokenSequence s = pair.sequences().get(sequence);
        return s.trainedTokens() == 0 ? 0 : s.length() - prompt;
    }
}

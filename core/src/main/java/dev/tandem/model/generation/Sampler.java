package dev.tandem.model.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/** Chooses one text's tokens. The same seed gives the same tokens, regardless of what else is generated alongside. */
public final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;
    private final int vocabulary;
    private final BitSet seen = new BitSet();

    /**
     * @param sampling how tokens are chosen
     * @param seed seed of the draws
     */
    public Sampler(Sampling sampling, long seed) {
        this(sampling, seed, Integer.MAX_VALUE);
    }

    /**
     * Creates a sampler that only chooses tokens that have a text: models often have more rows than their tokenizer has
     * tokens.
     *
     * @param sampling how tokens are chosen
     * @param seed seed of the draws
     * @param vocabulary only tokens below this are chosen
     */
    public Sampler(Sampling sampling, long seed, int vocabulary) {
        this.sampling = sampling;
        this.vocabulary = vocabulary;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Adds tokens that the text begins with: they count as repeated.
     *
     * @param tokens ids; negative ones are skipped
     */
    public void see(int[] tokens) {
        Arrays.stream(tokens).filter(token -> token >= 0).forEach(seen::set);
    }

    /**
     * Chooses the next token.
     *
     * @param logits {@code [vocabulary]}; not changed
     * @return its id, below the vocabulary
     */
    public int next(float[] logits) {
        var count = Math.min(logits.length, vocabulary);
        var token = sampling.greedy() && sampling.repetitionPenalty() == 1.0
                ? largest(logits, count)
                : chosen(penalised(logits.length > count ? Arrays.copyOf(logits, count) : logits));
        seen.set(token);
        return token;
    }

    private int chosen(float[] scores) {
        return sampling.greedy() ? largest(scores, scores.length) : draw(scores);
    }

    private float[] penalised(float[] logits) {
        var penalty = (float) sampling.repetitionPenalty();
        if (penalty == 1.0f) {
            return logits;
        }
        var scores = logits.clone();
        seen.stream()
                .filter(token -> token < scores.length)
                .forEach(
                        token -> scores[token] = scores[token] > 0 ? scores[token] / penalty : scores[token] * penalty);
        return scores;
    }

    /** The index of the largest score; among equal ones, the first. */
    private static int largest(float[] scores, int count) {
        var best = 0;
        for (var i = 1; i < count; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    private int draw(float[] scores) {
        var order = sampling.topK() > 0 || sampling.topP() < 1.0 ? sorted(scores) : inOrder(scores.length);
        var best = scores[largest(scores, scores.length)];
        var weights = new double[order.length];
        for (var i = 0; i < order.length; i++) {
            weights[i] = Math.exp((scores[order[i]] - best) / sampling.temperature());
        }
        var kept = topP(weights, topK(scores, order));
        for (var i = 0; i < kept; i++) {
            // the best one's weight is 1
            weights[i] = weights[i] < sampling.minP() ? 0.0 : weights[i];
        }
        return order[drawn(weights, kept)];
    }

    private static int[] inOrder(int count) {
        var result = new int[count];
        Arrays.setAll(result, i -> i);
        return result;
    }

    /** Indices in order of falling score; equal scores in order of index. */
    private static int[] sorted(float[] scores) {
        var keys = new long[scores.length];
        for (var i = 0; i < keys.length; i++) {
            var bits = Float.floatToIntBits(scores[i]);
            // as a signed number, bits of a negative float fall as it rises
            var rising = bits ^ (bits >> 31) & 0x7FFFFFFF;
            keys[i] = (long) ~rising << 32 | i;
        }
        Arrays.sort(keys);
        var result = new int[keys.length];
        Arrays.setAll(result, i -> (int) keys[i]);
        return result;
    }

    /** How many tokens top-k keeps; all that are level with the last of them are kept too. */
    private int topK(float[] scores, int[] order) {
        if (sampling.topK() == 0 || sampling.topK() >= order.length) {
            return order.length;
        }
        var kept = sampling.topK();
        while (kept < order.length && scores[order[kept]] == scores[order[sampling.topK() - 1]]) {
            kept++;
        }
        return kept;
    }

    private int topP(double[] weights, int candidates) {
        if (sampling.topP() == 1.0) {
            return candidates;
        }
        var wanted = sampling.topP() * Arrays.stream(weights, 0, candidates).sum();
        var sum = 0.0;
        for (var i = 0; i < candidates; i++) {
            sum += weights[i];
            if (sum >= wanted) {
                return i + 1;
            }
        }
        return candidates;
    }

    private int drawn(double[] weights, int count) {
        var left = random.nextDouble() * Arrays.stream(weights, 0, count).sum();
        var last = 0;
        for (var i = 0; i < count; i++) {
            if (weights[i] > 0.0) {
                last = i;
                left -= weights[i];
                if (left < 0.0) {
                    return i;
                }
            }
        }
        return last; // the sum was rounded up
    }
}

package dev.tandem.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Batches of as many examples as a token budget holds, where the examples of a batch are similar in length. They are
 * formed window by window: the next draws are sorted by their tokens, cut where the budget ends, and the batches put
 * into a random order. Without shuffling, draws are cut in their own order.
 *
 * <p>Every draw is in exactly one batch of its window, so an epoch holds every example once, as without batches. The
 * order of a window's batches depends on the seed and the window's number alone.
 */
final class TokenBatches implements BatchStream {
    /** Odd 64-bit constant that spreads consecutive numbers over the seed space (2⁶⁴ / golden ratio). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    /** Separates the order of batches from the draws, which use the same seed. */
    private static final long ORDER_OF_BATCHES = 0x6F72646572L;

    /** State at the start of the window whose batches are being handed out. */
    private final SeededStream draws;

    private final int budget;
    private final int window;
    private final boolean shuffle;
    private final long seed;
    /** Batches of the window; empty until it is first used. */
    private List<List<Example>> batches = List.of();

    private int taken;

    /**
     * @param draws examples, at the start of a window
     * @param budget maximum number of tokens in a batch; a longer single example is a batch of its own
     * @param window number of draws in a window
     * @param shuffle whether batches are sorted by length and shuffled
     */
    TokenBatches(SeededStream draws, int budget, int window, boolean shuffle, long seed) {
        this.draws = draws;
        this.budget = budget;
        this.window = window;
        this.shuffle = shuffle;
        this.seed = seed;
    }

    @Override
    public List<Example> peek() {
        return batches().get(taken);
    }

    @Override
    public List<Example> take() {
        var batch = peek();
        taken++;
        if (taken == batches.size()) {
            draws.take(window);
            forget();
        }
        return batch;
    }

    private void forget() {
        batches = List.of();
        taken = 0;
    }

    private List<List<Example>> batches() {
        if (batches.isEmpty()) {
            batches = formed();
        }
        return batches;
    }

    private List<List<Example>> formed() {
        var drawn = draws.peek(window);
        if (!shuffle) {
            return GreedyCut.of(drawn, Integer.MAX_VALUE, budget);
        }
        // stable: among equal lengths the one drawn first comes first
        var sorted =
                drawn.stream().sorted(Comparator.comparingInt(Example::tokens)).toList();
        var result = new ArrayList<>(GreedyCut.of(sorted, Integer.MAX_VALUE, budget));
        var number = draws.state().consumed() / window;
        var random = new SplittableRandom((seed ^ ORDER_OF_BATCHES) + SPREAD * (number + 1));
        for (var i = result.size() - 1; i > 0; i--) {
            Collections.swap(result, i, random.nextInt(i + 1));
        }
        return result;
    }

    @Override
    public StreamState state() {
        var start = draws.state();
        return new StreamState(start.consumed(), start.perSource(), taken);
    }

    @Override
    public void restore(StreamState state) {
        draws.restore(new StreamState(state.consumed(), state.perSource(), 0));
        forget();
        if (state.consumed() % window != 0 || state.batches() >= batches().size()) {
            throw new IllegalArgumentException("it is " + state.batches() + " batches after draw " + state.consumed()
                    + ", which windows of " + window + " draws and batches of " + budget + " tokens never reach");
        }
        taken = (int) state.batches();
    }
}

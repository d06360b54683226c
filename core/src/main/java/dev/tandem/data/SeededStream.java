package dev.tandem.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Endless stream over one or several sources. Several are blended: each draw picks a source by its weight, and each
 * source is iterated over epoch by epoch, reshuffled every time.
 *
 * <p>The source of draw n depends on the seed and n alone, the order of an epoch on the seed, the source and the epoch:
 * a stream can be restored to any position without replaying what came before.
 */
final class SeededStream {
    /** Odd 64-bit constant that spreads consecutive numbers over the seed space (2⁶⁴ / golden ratio). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final List<List<Example>> sources;
    private final double[] weights;
    private final boolean shuffle;
    private final long seed;
    private final List<Epoch> epochs = new ArrayList<>();
    private long consumed;
    private final long[] perSource;

    /**
     * @param sources examples of every source; none is empty
     * @param weights probability of each source, summing to one
     * @param shuffle whether the order changes from epoch to epoch; otherwise it is that of the sources
     */
    SeededStream(List<List<Example>> sources, double[] weights, boolean shuffle, long seed) {
        if (sources.isEmpty() || sources.stream().anyMatch(List::isEmpty) || sources.size() != weights.length) {
            throw new IllegalArgumentException("a stream needs sources with examples and a weight for each");
        }
        this.sources = sources.stream().map(List::copyOf).toList();
        this.weights = weights.clone();
        this.shuffle = shuffle;
        this.seed = seed;
        this.perSource = new long[weights.length];
        this.sources.forEach(s -> epochs.add(new Epoch(-1, List.of())));
    }

    private record Epoch(long number, List<Integer> order) {}

    /** The next {@code count} examples, without consuming them. May run over the end of an epoch. */
    List<Example> peek(int count) {
        var position = perSource.clone();
        return draw(count, position);
    }

    /** The next {@code count} examples, consumed. */
    List<Example> take(int count) {
        var result = draw(count, perSource);
        consumed += count;
        return result;
    }

    private List<Example> draw(int count, long[] position) {
        var result = new ArrayList<Example>(count);
        for (var i = 0; i < count; i++) {
            var source = source(consumed + i);
            result.add(example(source, position[source]++));
        }
        return result;
    }

    private int source(long draw) {
        if (weights.length == 1) {
            return 0;
        }
        var left = new SplittableRandom(seed ^ (draw + 1) * SPREAD).nextDouble();
        for (var i = 0; i < weights.length - 1; i++) {
            left -= weights[i];
            if (left < 0) {
                return i;
            }
        }
        return weights.length - 1;
    }

    private Example example(int source, long position) {
        var size = sources.get(source).size();
        var place = (int) (position % size);
        return sources.get(source).get(shuffle ? order(source, position / size).get(place) : place);
    }

    private List<Integer> order(int source, long number) {
        if (epochs.get(source).number() != number) {
            epochs.set(source, new Epoch(number, shuffled(source, number)));
        }
        return epochs.get(source).order();
    }

    private List<Integer> shuffled(int source, long number) {
        var order = new ArrayList<>(
                IntStream.range(0, sources.get(source).size()).boxed().toList());
        var random = new SplittableRandom(seed + SPREAD * (number + 1) + 31L * (source + 1));
        for (var i = order.size() - 1; i > 0; i--) {
            Collections.swap(order, i, random.nextInt(i + 1));
        }
        return order;
    }

    /** The current position of the stream. */
    StreamState state() {
        return new StreamState(
                consumed, java.util.Arrays.stream(perSource).boxed().toList(), 0);
    }

    /**
     * Moves to the position at which {@code state} was taken. @throws IllegalArgumentException if it is of other
     * sources
     */
    void restore(StreamState state) {
        if (state.perSource().size() != perSource.length) {
            throw new IllegalArgumentException(
                    "it is for " + state.perSource().size() + " sources, but there are " + perSource.length);
        }
        consumed = state.consumed();
        for (var i = 0; i < perSource.length; i++) {
            perSource[i] = state.perSource().get(i);
        }
    }
}

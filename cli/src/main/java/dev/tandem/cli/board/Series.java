package dev.tandem.cli.board;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A curve of bounded size for a run of any length. Every point represents a number of consecutive values, its stride,
 * by their smallest, largest, mean and last; when there are too many points, each two become one and the stride
 * doubles. So no outlier is lost, and adding a value costs the same at the start and after a million.
 */
final class Series {
    /** Most points; an even number, so that halving leaves no remainder. */
    static final int MAX = 512;

    private static final int FIRST = 16;

    private int[] steps = new int[FIRST];
    private float[] seconds = new float[FIRST];
    private float[] low = new float[FIRST];
    private float[] high = new float[FIRST];
    private float[] mean = new float[FIRST];
    private float[] last = new float[FIRST];
    private int size;
    private int stride = 1;
    private int inLast;
    private int halvings;
    private long values;

    /**
     * The part of a curve that a reader has seen.
     *
     * @param halvings how often points had been merged at that time
     * @param from the first point that may have changed since
     * @param values how many values there were
     */
    record Mark(int halvings, int from, long values) {
        static final Mark NOTHING = new Mark(-1, 0, 0);
    }

    /** Adds the next value; one that is not finite is left out. */
    void add(int step, double atSeconds, double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        if (size == 0 || inLast == stride) {
            open();
        }
        var i = size - 1;
        var v = (float) value;
        inLast++;
        values++;
        steps[i] = step;
        seconds[i] = (float) atSeconds;
        low[i] = inLast == 1 ? v : Math.min(low[i], v);
        high[i] = inLast == 1 ? v : Math.max(high[i], v);
        mean[i] = inLast == 1 ? v : mean[i] + (v - mean[i]) / inLast;
        last[i] = v;
    }

    /** The number of points. */
    int size() {
        return size;
    }

    /** The mark of a reader that has seen everything. */
    Mark mark() {
        return new Mark(halvings, Math.max(0, size - 1), values);
    }

    /** Whether nothing changed after a mark. */
    boolean isSeen(Mark mark) {
        return mark.values() == values;
    }

    /** The points after a mark; the last one seen is included, because it may have grown. */
    Map<String, Object> since(Mark seen) {
        var from = seen.halvings() == halvings ? Math.min(seen.from(), size) : 0;
        var result = new LinkedHashMap<String, Object>();
        result.put("from", from);
        result.put("step", Arrays.copyOfRange(steps, from, size));
        result.put("seconds", Arrays.copyOfRange(seconds, from, size));
        result.put("min", Arrays.copyOfRange(low, from, size));
        result.put("max", Arrays.copyOfRange(high, from, size));
        result.put("mean", Arrays.copyOfRange(mean, from, size));
        result.put("last", Arrays.copyOfRange(last, from, size));
        return result;
    }

    private void open() {
        if (size == MAX) {
            halve();
        }
        if (size == steps.length) {
            grow(Math.min(MAX, 2 * size));
        }
        size++;
        inLast = 0;
    }

    private void grow(int length) {
        steps = Arrays.copyOf(steps, length);
        seconds = Arrays.copyOf(seconds, length);
        low = Arrays.copyOf(low, length);
        high = Arrays.copyOf(high, length);
        mean = Arrays.copyOf(mean, length);
        last = Arrays.copyOf(last, length);
    }

    private void halve() {
        for (var i = 0; i < MAX / 2; i++) {
            var a = 2 * i;
            var b = a + 1;
            steps[i] = steps[b];
            seconds[i] = seconds[b];
            low[i] = Math.min(low[a], low[b]);
            high[i] = Math.max(high[a], high[b]);
            mean[i] = (mean[a] + mean[b]) / 2;
            last[i] = last[b];
        }
        size = MAX / 2;
        stride *= 2;
        halvings++;
    }
}

package dev.tandem.data.template;

import java.util.List;
import java.util.stream.LongStream;

/** The integers from {@code start} towards {@code stop}, which is excluded. */
record RangeValue(long start, long stop, long step) {
    private static final long LIMIT = 100_000;

    RangeValue {
        if (step == 0) {
            throw new TemplateFault("range() arg 3 must not be zero");
        }
    }

    long size() {
        long span = step > 0 ? Math.subtractExact(stop, start) : Math.subtractExact(start, stop);
        return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
    }

    /** Refuses more numbers than the sandbox of templates allows. */
    RangeValue bounded() {
        if (size() > LIMIT) {
            throw new TemplateFault("range too big: at most " + LIMIT + " numbers are allowed");
        }
        return this;
    }

    List<Object> items() {
        return LongStream.range(0, size())
                .mapToObj(i -> (Object) (start + i * step))
                .toList();
    }
}

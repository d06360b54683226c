package dev.tandem.data.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Python's {@code value[from:to:step]}. */
final class Slices {
    private Slices() {}

    static Object cut(Object value, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        if (value instanceof Undefined missing) {
            throw missing.fault();
        }
        if (value instanceof String text) {
            var out = new StringBuilder();
            pick(CodePoints.characters(text), from, to, step).forEach(out::append);
            return out.toString();
        } else if (value instanceof List<?> list) {
            return pick(list, from, to, step);
        } else if (value instanceof Tuple tuple) {
            return new Tuple(pick(tuple.items(), from, to, step));
        } else if (value instanceof RangeValue range) {
            return range(range, from, to, step);
        }
        throw new TemplateFault(Repr.of(Types.name(value)) + " object cannot be sliced");
    }

    private static List<Object> pick(List<?> items, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        var picked = new ArrayList<Object>();
        for (Object index : indices(items.size(), from, to, step).items()) {
            picked.add(items.get((int) (long) (Long) index));
        }
        return picked;
    }

    private static RangeValue range(RangeValue range, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        RangeValue indices = indices(range.size(), from, to, step);
        return new RangeValue(
                range.start() + indices.start() * range.step(),
                range.start() + indices.stop() * range.step(),
                indices.step() * range.step());
    }

    /** The indices that a slice of {@code size} items takes. */
    private static RangeValue indices(long size, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        if (step.isPresent() && step.get() == 0) {
            throw new TemplateFault("slice step cannot be zero");
        }
        // A longer step also takes the first item alone, and cannot overflow.
        long stride = Math.min(Math.max(step.orElse(1L), -size - 1), size + 1);
        boolean back = stride < 0;
        long low = back ? -1 : 0;
        long high = size + low;
        long start = from.map(at -> clamp(at, size, low, high)).orElse(back ? high : low);
        long end = to.map(at -> clamp(at, size, low, high)).orElse(back ? low : high);
        return new RangeValue(start, end, stride);
    }

    private static long clamp(long at, long size, long low, long high) {
        return Math.min(Math.max(at < 0 ? at + size : at, low), high);
    }
}

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
            return pick(range.items(), from, to, step);
        }
        throw new TemplateFault(Repr.of(Types.name(value)) + " object cannot be sliced");
    }

    private static List<Object> pick(List<?> items, Optional<Long> from, Optional<Long> to, Optional<Long> step) {
        long stride = step.orElse(1L);
        if (stride == 0) {
            throw new TemplateFault("slice step cannot be zero");
        }
        boolean back = stride < 0;
        long low = back ? -1 : 0;
        long high = items.size() + low;
        long start = from.map(at -> clamp(at, items.size(), low, high)).orElse(back ? high : low);
        long end = to.map(at -> clamp(at, items.size(), low, high)).orElse(back ? low : high);
        var picked = new ArrayList<Object>();
        for (long i = start; back ? i > end : i < end; i += stride) {
            picked.add(items.get((int) i));
            if (Math.abs(stride) > items.size()) {
                break;
            }
        }
        return picked;
    }

    private static long clamp(long at, int size, long low, long high) {
        return Math.min(Math.max(at < 0 ? at + size : at, low), high);
    }
}

package dev.tandem.model;

import dev.tandem.model.PackedSequences.Span;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How the spans of a batch are attended: spans of one length together, short spans of nearly one length together behind
 * padding that no real row sees, the others one by one. Made once per batch and used by every block.
 *
 * @param parts what is computed in one call each
 * @param order rows of the parts' results, laid end to end, in the batch's order, {@code [tokens]}; absent: they are
 */
record AttentionPlan(List<Part> parts, Optional<Tensor> order) {
    /** Spans up to this length are padded together: below, the calls cost more than the padding. */
    private static final int SHORT = 256;

    /** Padding may add a quarter. */
    private static final double MOST_PADDING = 1.25;

    /** One attention call. */
    sealed interface Part {}

    /**
     * Spans of equal length, end to end.
     *
     * @param from first row
     * @param count spans
     * @param length rows of each
     */
    record Equal(int from, int count, int length) implements Part {}

    /**
     * One span under a mask.
     *
     * @param mask 0 where a row (first dimension) sees one of the prefix or the span, −∞ elsewhere,
     *     {@code [length, prefix + length]}, float32
     */
    record Masked(Span span, Tensor mask) implements Part {}

    /**
     * Short spans padded to one length.
     *
     * @param rows the spans' rows, padding repeats a span's last, {@code [count · length]}
     */
    record Padded(Tensor rows, int count, int length) implements Part {}

    /** @param window how far back a row sees, itself included */
    static AttentionPlan of(PackedSequences batch, OptionalInt window, Device device) {
        return new Planner(batch, window, device).plan();
    }

    private static final class Planner {
        private final PackedSequences batch;
        private final OptionalInt window;
        private final Device device;
        private final List<Part> parts = new ArrayList<>();
        private final int[] place;
        private int rows;
        private boolean reordered;

        Planner(PackedSequences batch, OptionalInt window, Device device) {
            this.batch = batch;
            this.window = window;
            this.device = device;
            this.place = new int[batch.tokens()];
        }

        AttentionPlan plan() {
            var shortSpans = new ArrayList<Span>();
            var spans = batch.spans();
            for (var i = 0; i < spans.size(); ) {
                var span = spans.get(i);
                if (needsMask(span)) {
                    put(new Masked(span, mask(span)), span.from(), span.length());
                    i++;
                    continue;
                }
                var count = equalFrom(i);
                if (count == 1 && span.length() <= SHORT && spans.size() > 1) {
                    shortSpans.add(span);
                } else {
                    put(new Equal(span.from(), count, span.length()), span.from(), count * span.length());
                }
                i += count;
            }
            padded(shortSpans);
            return new AttentionPlan(parts, reordered ? Optional.of(Tensors.of(place, device)) : Optional.empty());
        }

        private boolean needsMask(Span span) {
            return span.prefix() > 0 || window.isPresent() && span.length() > window.getAsInt();
        }

        /** Spans from number {@code i} on that have its length and need no mask. */
        private int equalFrom(int i) {
            var spans = batch.spans();
            var end = i + 1;
            while (end < spans.size()
                    && spans.get(end).length() == spans.get(i).length()
                    && !needsMask(spans.get(end))) {
                end++;
            }
            return end - i;
        }

        /** A part whose rows are those of the batch, end to end. */
        private void put(Part part, int from, int length) {
            parts.add(part);
            for (var r = 0; r < length; r++) {
                place[from + r] = rows + r;
            }
            reordered |= from != rows;
            rows += length;
        }

        private void padded(List<Span> spans) {
            spans.sort(Comparator.comparingInt(Span::length).thenComparingInt(Span::from));
            for (var first = 0; first < spans.size(); ) {
                var end = first;
                var real = 0;
                while (end < spans.size() && fits(spans, first, end, real)) {
                    real += spans.get(end++).length();
                }
                group(spans.subList(first, end));
                first = end;
            }
        }

        private static boolean fits(List<Span> spans, int first, int end, int real) {
            var length = spans.get(end).length();
            return (long) length * (end - first + 1) <= MOST_PADDING * (real + length);
        }

        private void group(List<Span> spans) {
            var length = spans.get(spans.size() - 1).length();
            if (spans.size() == 1) {
                put(new Equal(spans.get(0).from(), 1, length), spans.get(0).from(), length);
                return;
            }
            var index = new int[spans.size() * length];
            for (var s = 0; s < spans.size(); s++) {
                var span = spans.get(s);
                for (var r = 0; r < length; r++) {
                    index[s * length + r] = span.from() + Math.min(r, span.length() - 1);
                    if (r < span.length()) {
                        place[span.from() + r] = rows + s * length + r;
                    }
                }
            }
            reordered = true;
            rows += index.length;
            parts.add(new Padded(Tensors.of(index, device), spans.size(), length));
        }

        /** A row sees what stands before it in its sequence, and no further back than the window. */
        private Tensor mask(Span span) {
            try (var guard = new NoGradGuard()) {
                var first = batch.positions()[span.from()];
                var queries = torch.arange(
                        new Scalar(first), new Scalar(first + span.length()), Tensors.options(ScalarType.Long, device));
                var keys = torch.arange(
                        new Scalar(first - span.prefix()),
                        new Scalar(first + span.length()),
                        Tensors.options(ScalarType.Long, device));
                var distance = queries.unsqueeze(1).sub(keys.unsqueeze(0));
                var hidden = distance.lt(new Scalar(0));
                if (window.isPresent()) {
                    hidden = hidden.logical_or(distance.ge(new Scalar(window.getAsInt())));
                }
                return torch.zeros(distance.shape(), Tensors.options(ScalarType.Float, device))
                        .masked_fill_(hidden, new Scalar(Float.NEGATIVE_INFINITY));
            }
        }
    }
}

package dev.tandem.model.batch;

import dev.tandem.model.batch.PackedSequences.Span;
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
 * How the spans of a batch are attended. Spans of equal length are computed together. So are short spans of nearly
 * equal length, with padding that no real row sees. The others are computed one by one. If there is a kernel for
 * variable lengths, it computes all of them in one call. A plan is created once per batch and used by every block.
 *
 * <p>The batch is cut into pieces, end to end: a span each, or several spans of equal length.
 *
 * @param rows number of rows of each piece
 * @param parts the attention calls; every piece belongs to one
 */
public record AttentionPlan(List<Long> rows, List<Part> parts) {
    /** Spans up to this length are padded together: below this length the calls cost more than the padding. */
    private static final int SHORT = 256;

    /** Padding may add a quarter of the rows. */
    private static final double MAX_PADDING = 1.25;

    public AttentionPlan {
        rows = List.copyOf(rows);
        parts = List.copyOf(parts);
    }

    /** One attention call. */
    public sealed interface Part {}

    /**
     * Spans of equal length.
     *
     * @param piece piece that holds all of them
     * @param count number of spans
     */
    public record Equal(int piece, int count) implements Part {}

    /**
     * One span under a mask.
     *
     * @param prefixPiece piece that holds its prefix
     * @param prefixFrom first row of the prefix within that piece
     * @param prefix number of rows of the prefix; 0: there is none
     * @param mask 0 where a row (first dimension) sees one of the prefix or the span, −∞ elsewhere,
     *     {@code [length, prefix + length]}, float32
     */
    public record Masked(int piece, int prefixPiece, int prefixFrom, int prefix, Tensor mask) implements Part {}

    /**
     * Short spans padded to one length.
     *
     * @param pieces pieces of one span each
     * @param length number of rows of each, padding included
     */
    public record Padded(List<Integer> pieces, int length) implements Part {}

    /**
     * All spans, by a kernel for any lengths; one piece.
     *
     * @param spans where they begin and end
     * @param keyRows rows of keys and values in the order of the spans, prefixes repeated, {@code [keys]}, int64; absent: as
     *     they are
     */
    public record Ragged(VariableLengthKernel.Ragged spans, Optional<Tensor> keyRows) implements Part {}

    /** All spans in one call. */
    public static AttentionPlan inOneCall(PackedSequences batch, OptionalInt window, Device device) {
        return new AttentionPlan(List.of((long) batch.tokens()), List.of(RaggedSpans.of(batch, window, device)));
    }

    /** @param window how far back a row sees, itself included */
    public static AttentionPlan of(PackedSequences batch, OptionalInt window, Device device) {
        return new Planner(batch, window, device).plan();
    }

    private static final class Planner {
        private final PackedSequences batch;
        private final OptionalInt window;
        private final Device device;
        private final List<Long> rows = new ArrayList<>();
        private final List<Integer> starts = new ArrayList<>();
        private final List<Part> parts = new ArrayList<>();

        Planner(PackedSequences batch, OptionalInt window, Device device) {
            this.batch = batch;
            this.window = window;
            this.device = device;
        }

        AttentionPlan plan() {
            var shortPieces = new ArrayList<Integer>();
            var spans = batch.spans();
            for (var i = 0; i < spans.size(); ) {
                var span = spans.get(i);
                var count = needsMask(span) ? 1 : equalFrom(i);
                var piece = piece(span, count);
                if (needsMask(span)) {
                    parts.add(masked(piece, span));
                } else if (count == 1 && span.length() <= SHORT && spans.size() > 1) {
                    shortPieces.add(piece);
                } else {
                    parts.add(new Equal(piece, count));
                }
                i += count;
            }
            padded(shortPieces);
            return new AttentionPlan(rows, parts);
        }

        private int piece(Span first, int count) {
            rows.add((long) count * first.length());
            starts.add(first.from());
            return rows.size() - 1;
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

        private void padded(List<Integer> pieces) {
            pieces.sort(Comparator.comparing(rows::get));
            for (var first = 0; first < pieces.size(); ) {
                var end = first;
                var real = 0L;
                while (end < pieces.size() && fits(pieces, first, end, real)) {
                    real += rows.get(pieces.get(end++));
                }
                group(List.copyOf(pieces.subList(first, end)));
                first = end;
            }
        }

        private boolean fits(List<Integer> pieces, int first, int end, long real) {
            var length = rows.get(pieces.get(end));
            return length * (end - first + 1) <= MAX_PADDING * (real + length);
        }

        private void group(List<Integer> pieces) {
            var longest = pieces.get(pieces.size() - 1);
            parts.add(
                    pieces.size() == 1
                            ? new Equal(longest, 1)
                            : new Padded(pieces, rows.get(longest).intValue()));
        }

        private Masked masked(int piece, Span span) {
            if (span.prefix() == 0) {
                return new Masked(piece, piece, 0, 0, mask(span));
            }
            var prefixPiece = starts.size() - 1;
            while (starts.get(prefixPiece) > span.prefixFrom()) {
                prefixPiece--;
            }
            return new Masked(
                    piece, prefixPiece, span.prefixFrom() - starts.get(prefixPiece), span.prefix(), mask(span));
        }

        /** A row sees the rows before it in its sequence, no further back than the window. */
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

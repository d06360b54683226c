package dev.tandem.model.batch;

import dev.tandem.model.batch.PackedSequences.Span;
import dev.tandem.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A batch in the form that kernels for variable lengths expect. Queries are the rows in their order. A span's keys are
 * those of its prefix followed by its own, so that its last row sees all of them; if there are prefixes, keys are
 * gathered into that order.
 */
final class RaggedSpans {
    private RaggedSpans() {}

    /** @param window how far back a row sees, itself included */
    static AttentionPlan.Ragged of(PackedSequences batch, OptionalInt window, Device device) {
        var spans = batch.spans();
        var queries = spans.stream().mapToInt(Span::length).toArray();
        var keys =
                spans.stream().mapToInt(span -> span.prefix() + span.length()).toArray();
        return new AttentionPlan.Ragged(
                new VariableLengthKernel.Ragged(
                        starts(queries, device),
                        starts(keys, device),
                        longest(queries),
                        longest(keys),
                        window.orElse(0)),
                keyRows(spans, device));
    }

    private static Optional<Tensor> keyRows(List<Span> spans, Device device) {
        if (spans.stream().allMatch(span -> span.prefix() == 0)) {
            return Optional.empty();
        }
        var rows = spans.stream()
                .flatMapToInt(span -> IntStream.concat(
                        IntStream.range(span.prefixFrom(), span.prefixFrom() + span.prefix()),
                        IntStream.range(span.from(), span.from() + span.length())))
                .toArray();
        return Optional.of(Tensors.of(rows, device));
    }

    private static Tensor starts(int[] lengths, Device device) {
        var result = new int[lengths.length + 1];
        for (var i = 0; i < lengths.length; i++) {
            result[i + 1] = result[i] + lengths[i];
        }
        return Tensors.of(result, device).to(ScalarType.Int);
    }

    private static int longest(int[] lengths) {
        return IntStream.of(lengths).max().orElse(0);
    }
}

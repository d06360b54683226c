package dev.tandem.model.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.golden.TestDevice;
import dev.tandem.model.Computation;
import dev.tandem.model.attention.FlashAttention;
import dev.tandem.model.batch.PackedSequences.Span;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests attention of a whole batch in one call. The golden tests show that models compute the same with it. */
class VariableLengthTest {
    private static final int HEADS = 4;
    private static final Device CPU = new Device("cpu");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void aSpansKeysAreItsPrefixAndItself() {
        try (var scope = new PointerScope()) {
            // an answer of 4 after a prompt of 3, a second answer of 2 to that prompt, a sequence of 5
            var part = RaggedSpans.of(
                    batch(new Span(0, 7, 0, 0), new Span(7, 2, 0, 3), new Span(9, 5, 0, 0)), OptionalInt.of(6), CPU);
            var spans = part.spans();
            assertThat(spans.queryStarts().scalar_type().intern()).isEqualTo(ScalarType.Int);
            assertThat(numbers(spans.queryStarts())).containsExactly(0, 7, 9, 14);
            assertThat(numbers(spans.keyStarts())).containsExactly(0, 7, 12, 17);
            assertThat(List.of(spans.longestQuery(), spans.longestKey(), spans.window()))
                    .containsExactly(7L, 7L, 6L);
            assertThat(numbers(part.keyRows().orElseThrow()))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 7, 8, 9, 10, 11, 12, 13);
        }
    }

    @Test
    void keysStayWhereTheyAreWithoutPrefixes() {
        try (var scope = new PointerScope()) {
            var plan = AttentionPlan.inOneCall(
                    batch(new Span(0, 3, 0, 0), new Span(3, 1, 0, 0)), OptionalInt.empty(), CPU);
            assertThat(plan.rows()).containsExactly(4L);
            var part = (AttentionPlan.Ragged) plan.parts().get(0);
            assertThat(part.keyRows()).isEmpty();
            assertThat(numbers(part.spans().keyStarts())).containsExactly(0, 3, 4);
            assertThat(part.spans().window()).isZero();
        }
    }

    @Test
    void flashAttentionIsForBfloat16OnGpusAndHeadsItHas() {
        assertThat(FlashAttention.of(ScalarType.BFloat16, CPU)).isEmpty();
        assertThat(Computation.of(ScalarType.BFloat16, CPU).variableLength()).isEmpty();
        var kernel = new FlashAttention();
        assertThat(IntStream.of(8, 64, 80, 128, 256)).allMatch(kernel::fits);
        assertThat(IntStream.of(4, 20, 264, 512)).noneMatch(kernel::fits);
    }

    /** The arguments fit the operator. A CPU lacks only the kernel, which is noticed after autograd. */
    @ParameterizedTest
    @CsvSource({"0", "3"})
    void theOperatorTakesTheArguments(int window) {
        try (var scope = new PointerScope()) {
            var spans = RaggedSpans.of(
                    batch(new Span(0, 7, 0, 0), new Span(7, 2, 0, 3)),
                    window == 0 ? OptionalInt.empty() : OptionalInt.of(window),
                    CPU);
            var rows = random(9, HEADS, CPU);
            var keys = random(12, 2, CPU);
            assertThatThrownBy(
                            () -> new FlashAttention().attend(rows, keys, keys, spans.spans(), OptionalDouble.empty()))
                    .hasMessageContaining(
                            "Could not run 'aten::_flash_attention_forward' with arguments from the 'CPU'");
        }
    }

    /** Forward and gradient, with prefixes, windows and shared keys, against the definition. */
    @ParameterizedTest
    @CsvSource({"64, 4, 0", "64, 2, 0", "64, 1, 5", "128, 2, 16", "8, 4, 0", "256, 2, 0"})
    void flashAttentionComputesTheDefinition(int headDim, int kvHeads, int window) {
        TestDevice.requireCuda();
        try (var scope = new PointerScope()) {
            var device = TestDevice.get();
            var spans = RaggedSpans.of(
                            batch(
                                    new Span(0, 70, 0, 0),
                                    new Span(70, 33, 0, 40),
                                    new Span(103, 1, 0, 0),
                                    new Span(104, 200, 0, 0)),
                            window == 0 ? OptionalInt.empty() : OptionalInt.of(window),
                            device)
                    .spans();
            var gradient = torch.randn(new long[] {304, HEADS, headDim}, Tensors.options(ScalarType.Float, device));
            var inputs = List.of(
                    rounded(304, HEADS, headDim, device),
                    rounded(344, kvHeads, headDim, device),
                    rounded(344, kvHeads, headDim, device));
            var expected = results(new SpanBySpan(), inputs, spans, gradient);
            var actual = results(new FlashAttention(), inputs, spans, gradient);
            for (var i = 0; i < expected.size(); i++) {
                var error = Tensors.norm(actual.get(i).sub(expected.get(i))) / Tensors.norm(expected.get(i));
                assertThat(error).as("output, query, key, value: %d", i).isLessThan(1e-2);
            }
        }
    }

    /** Output, and gradients of query, key and value. */
    private static List<Tensor> results(
            VariableLengthKernel kernel, List<Tensor> inputs, VariableLengthKernel.Ragged spans, Tensor gradient) {
        var leaves =
                inputs.stream().map(t -> t.detach().set_requires_grad(true)).toList();
        var output = kernel.attend(leaves.get(0), leaves.get(1), leaves.get(2), spans, OptionalDouble.empty())
                .to(ScalarType.Float);
        output.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        return List.of(
                output.detach(),
                new Tensor(leaves.get(0).grad()),
                new Tensor(leaves.get(1).grad()),
                new Tensor(leaves.get(2).grad()));
    }

    private static Tensor rounded(long rows, int heads, int headDim, Device device) {
        return torch.randn(new long[] {rows, heads, headDim}, Tensors.options(ScalarType.Float, device))
                .to(ScalarType.BFloat16)
                .to(ScalarType.Float);
    }

    private static Tensor random(long rows, int heads, Device device) {
        return torch.randn(new long[] {rows, heads, 8}, Tensors.options(ScalarType.Float, device))
                .set_requires_grad(true);
    }

    private static PackedSequences batch(Span... spans) {
        var tokens =
                IntStream.range(0, spans.length).map(i -> spans[i].length()).sum();
        return new PackedSequences(
                new int[tokens], new int[tokens], List.of(spans), new int[0], new int[0], new int[] {0});
    }

    private static int[] numbers(Tensor tensor) {
        var floats = Tensors.toFloats(tensor.to(ScalarType.Float));
        return IntStream.range(0, floats.length).map(i -> (int) floats[i]).toArray();
    }
}

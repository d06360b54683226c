package dev.tandem.model.attention;

import dev.tandem.model.batch.VariableLengthKernel;
import dev.tandem.tensor.machine.CudaDriver;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * FlashAttention-2 (Dao, 2023, arXiv 2307.08691) in libtorch's implementation for CUDA, {@code
 * aten::_flash_attention_forward}, which libtorch can differentiate. It multiplies in bfloat16 and accumulates in
 * float32.
 */
public final class FlashAttention implements VariableLengthKernel {
    /** Limits that the kernels are compiled for. */
    private static final int MAX_HEAD_DIM = 256;

    private static final int HEAD_DIM_STEP = 8;
    /** Ampere, the first generation with the instructions that the kernels use. */
    private static final int MIN_CAPABILITY = 8;

    /**
     * The kernel, where it can compute a model's attention.
     *
     * @param type dtype of activations; float32 is not sacrificed for speed
     */
    public static Optional<VariableLengthKernel> of(ScalarType type, Device device) {
        return type.intern() == ScalarType.BFloat16
                        && device.is_cuda()
                        && CudaDriver.capability(device.index()) >= MIN_CAPABILITY
                ? Optional.of(new FlashAttention())
                : Optional.empty();
    }

    @Override
    public boolean fits(int headDim) {
        return headDim <= MAX_HEAD_DIM && headDim % HEAD_DIM_STEP == 0;
    }

    @Override
    public Tensor attend(Tensor query, Tensor key, Tensor value, Ragged spans, OptionalDouble scale) {
        var kernel = Dispatcher.singleton().findSchemaOrThrow("aten::_flash_attention_forward", "");
        var stack = new IValueVector(
                new IValue(query.to(ScalarType.BFloat16)),
                new IValue(key.to(ScalarType.BFloat16)),
                new IValue(value.to(ScalarType.BFloat16)),
                new IValue(spans.queryStarts()),
                new IValue(spans.keyStarts()),
                new IValue(spans.longestQuery()),
                new IValue(spans.longestKey()),
                new IValue(0.0), // dropout_p
                new IValue(true), // is_causal
                new IValue(false), // return_debug_mask
                scale.isPresent() ? new IValue(scale.getAsDouble()) : new IValue(), // absent: 1/√headDim
                spans.window() == 0 ? new IValue() : new IValue(spans.window() - 1), // window_size_left
                spans.window() == 0 ? new IValue() : new IValue(0L), // window_size_right
                new IValue(), // seqused_k
                new IValue()); // alibi_slopes
        kernel.callBoxed(stack);
        return stack.get(0).toTensor();
    }
}

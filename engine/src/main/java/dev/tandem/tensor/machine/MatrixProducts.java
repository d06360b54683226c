package dev.tandem.tensor.machine;

import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The dtype that matrix products are computed in. A CPU without bfloat16 instructions multiplies bfloat16 matrices
 * several times slower than float32 ones; there the factors are widened, which is exact, and the product is rounded to
 * bfloat16. The instructions do the same, since they accumulate in float32 as well. It costs the memory of weights in
 * float32.
 */
public final class MatrixProducts {
    private static final List<String> BF16_INSTRUCTIONS = List.of("avx512_bf16", "amx_bf16", "bf16");

    private MatrixProducts() {}

    /**
     * The fastest dtype that gives the results of {@code type}, on this machine.
     *
     * @param type dtype of weights and activations
     */
    public static ScalarType fastest(ScalarType type, Device device) {
        return type.intern() == ScalarType.BFloat16 && device.is_cpu() && !multipliesBf16(SystemFiles.cpuinfo())
                ? ScalarType.Float
                : type;
    }

    /** Whether a processor has bfloat16 instructions, or does not report it. */
    static boolean multipliesBf16(String cpuinfo) {
        return SystemFiles.instructions(cpuinfo)
                .map(all -> all.stream().anyMatch(BF16_INSTRUCTIONS::contains))
                .orElse(true);
    }

    /**
     * Whether this machine has memory to spare for weights of that size: they may take up at most half of it. The total
     * memory counts, not what is free now, so that a run computes the same every time.
     */
    public static boolean fits(long bytes) {
        return bytes <= SystemFiles.memory(SystemFiles.meminfo(), "MemTotal").orElse(Long.MAX_VALUE) / 2;
    }
}

package dev.tandem.tensor;

import java.util.List;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The dtype that matrix products are computed in. A CPU without bfloat16 instructions multiplies bfloat16 matrices
 * several times slower than float32 ones; there the factors are widened, which is exact, and the product is rounded to
 * bfloat16. The instructions do the same, since they accumulate in float32 as well. It costs the memory of weights in
 * float32.
 */
public final class MatrixProducts {
    private static final Pattern FLAGS = Pattern.compile("(?m)^(?:flags|Features)\\s*:(.*)$");
    private static final List<String> BF16_INSTRUCTIONS = List.of("avx512_bf16", "amx_bf16", "bf16");

    private MatrixProducts() {}

    /**
     * The fastest dtype that gives the results of {@code type}, on this machine.
     *
     * @param type dtype of weights and activations
     */
    public static ScalarType fastest(ScalarType type, Device device) {
        return type.intern() == ScalarType.BFloat16
                        && device.is_cpu()
                        && !multipliesBf16(SystemFiles.text("/proc/cpuinfo"))
                ? ScalarType.Float
                : type;
    }

    /** Whether a processor has bfloat16 instructions, or does not report it. */
    static boolean multipliesBf16(String cpuinfo) {
        var flags = FLAGS.matcher(cpuinfo);
        return !flags.find()
                || List.of(flags.group(1).trim().split("\\s+")).stream().anyMatch(BF16_INSTRUCTIONS::contains);
    }

    /**
     * Whether this machine has memory to spare for weights of that size: they may take up at most half of it. The total
     * memory counts, not what is free now, so that a run computes the same every time.
     */
    public static boolean fits(long bytes) {
        var total = Pattern.compile("(?m)^MemTotal:\\s*([0-9]{1,15}) kB").matcher(SystemFiles.text("/proc/meminfo"));
        return !total.find() || bytes <= Long.parseLong(total.group(1)) * 1024 / 2;
    }
}

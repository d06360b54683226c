package dev.tandem.model.layer;

import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dropout of one forward pass. Each block has random numbers of its own, so that it can be recomputed alone. On the CPU
 * they come from a separate generator, so that passes on several threads do not take numbers from each other.
 */
public final class Dropout {
    /** Odd 64-bit constant that spreads consecutive numbers over the seed space (2⁶⁴ / golden ratio). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final Dropout NONE = new Dropout(false, 0, true);

    private final boolean on;
    private final long seed;
    private final boolean cpu;
    private Optional<Generator> generator = Optional.empty();
    private boolean seeded;

    private Dropout(boolean on, long seed, boolean cpu) {
        this.on = on;
        this.seed = seed;
        this.cpu = cpu;
    }

    /** No dropout, for evaluation and generation. */
    public static Dropout none() {
        return NONE;
    }

    /** Dropout as training applies it, with the random numbers of {@code seed}. The caller's scope frees it. */
    public static Dropout seeded(long seed, Device device) {
        return new Dropout(true, seed, device.is_cpu());
    }

    /** The random numbers of one block, from their beginning. */
    public Dropout ofBlock(int block) {
        return on ? new Dropout(true, seed + SPREAD * (block + 1), cpu) : this;
    }

    /** Zeroes elements with the given probability and scales the others so that the mean stays. */
    Tensor apply(Tensor x, double probability) {
        if (!on || probability == 0) {
            return x;
        }
        if (!seeded) {
            begin();
        }
        return generator
                .map(g -> x.mul(mask(x, 1 - probability, g)))
                .orElseGet(() -> torch.dropout(x, probability, true));
    }

    private void begin() {
        if (cpu) {
            generator = Optional.of(torch.createCPUGenerator(seed));
        } else {
            torch.manual_seed(seed);
        }
        seeded = true;
    }

    private static Tensor mask(Tensor x, double kept, Generator generator) {
        try (var guard = new NoGradGuard()) {
            return torch.empty_like(x)
                    .bernoulli_(kept, new GeneratorOptional(generator))
                    .div_(new Scalar(kept));
        }
    }
}

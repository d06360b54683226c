package dev.tandem.model;

import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dropout of one forward pass. On the CPU each pass has a generator of its own, so that passes on several threads do not
 * take numbers from each other.
 */
public final class Dropout {
    private static final Dropout NONE = new Dropout(false, Optional.empty());

    private final boolean on;
    private final Optional<Generator> generator;

    private Dropout(boolean on, Optional<Generator> generator) {
        this.on = on;
        this.generator = generator;
    }

    /** Everything passes: for evaluation and generation. */
    public static Dropout none() {
        return NONE;
    }

    /** Dropout as training applies it, with the numbers of {@code seed}. The caller's scope frees it. */
    public static Dropout seeded(long seed, Device device) {
        if (device.is_cpu()) {
            return new Dropout(true, Optional.of(torch.createCPUGenerator(seed)));
        }
        torch.manual_seed(seed);
        return new Dropout(true, Optional.empty());
    }

    /** Zeroes elements with the given probability and scales the others so that the mean stays. */
    Tensor apply(Tensor x, double probability) {
        if (!on || probability == 0) {
            return x;
        }
        return generator
                .map(g -> x.mul(mask(x, 1 - probability, g)))
                .orElseGet(() -> torch.dropout(x, probability, true));
    }

    private static Tensor mask(Tensor x, double kept, Generator generator) {
        try (var guard = new NoGradGuard()) {
            return torch.empty_like(x)
                    .bernoulli_(kept, new GeneratorOptional(generator))
                    .div_(new Scalar(kept));
        }
    }
}

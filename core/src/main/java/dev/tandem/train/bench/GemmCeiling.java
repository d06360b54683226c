package dev.tandem.train.bench;

import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How fast this machine multiplies matrices of a step's shapes when it does nothing else. */
final class GemmCeiling {
    private static final int REPEATS = 5;
    private static final double LEAST_SECONDS = 0.02;

    private final ScalarType type;
    private final Device device;

    GemmCeiling(ScalarType type, Device device) {
        this.type = type;
        this.device = device;
    }

    /**
     * One matrix product, by itself.
     *
     * @param product {@code forward}, {@code input-gradient} or {@code weight-gradient}
     * @param rows tokens
     * @param in inner dimension of the forward product
     * @param out outer dimension of the forward product
     * @param count how often it occurs in a step
     * @param gflops speed, 10⁹ operations a second
     */
    record Measured(String product, int rows, int in, int out, int count, double gflops) {
        double flops() {
            return 2.0 * rows * in * out * count;
        }
    }

    /** Times every distinct product of a step; of each, the fastest of several repeats. */
    List<Measured> measure(List<StepFlops.Product> products) {
        var counts = new LinkedHashMap<Key, Integer>();
        for (var p : products) {
            counts.merge(new Key("forward", p.rows(), p.in(), p.out()), 1, Integer::sum);
            if (p.inputGradient()) {
                counts.merge(new Key("input-gradient", p.rows(), p.in(), p.out()), 1, Integer::sum);
            }
            if (p.weightGradient()) {
                counts.merge(new Key("weight-gradient", p.rows(), p.in(), p.out()), 1, Integer::sum);
            }
        }
        var result = new ArrayList<Measured>();
        counts.forEach((key, count) -> result.add(
                new Measured(key.product, key.rows, key.in, key.out, count, 1e-9 * key.flops() / seconds(key))));
        return result;
    }

    /** Speed of all products of a step together, 10⁹ operations a second. */
    static double gflops(List<Measured> products) {
        var flops = products.stream().mapToDouble(Measured::flops).sum();
        var seconds = products.stream()
                .mapToDouble(p -> 1e-9 * p.flops() / p.gflops())
                .sum();
        return 1e-9 * flops / seconds;
    }

    private record Key(String product, int rows, int in, int out) {
        double flops() {
            return 2.0 * rows * in * out;
        }
    }

    private double seconds(Key key) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var x = random(key.rows, key.in);
            var w = random(key.out, key.in);
            var y = random(key.rows, key.out);
            Map<String, Runnable> runs = Map.of(
                    "forward", () -> torch.linear(x, w),
                    "input-gradient", () -> y.matmul(w),
                    "weight-gradient", () -> y.t().matmul(x));
            var run = java.util.Objects.requireNonNull(runs.get(key.product));
            timed(run, 1);
            var once = timed(run, 1);
            var inner = (int) Math.max(1, Math.min(1000, Math.ceil(LEAST_SECONDS / once)));
            var best = Double.POSITIVE_INFINITY;
            for (var i = 0; i < REPEATS; i++) {
                best = Math.min(best, timed(run, inner) / inner);
            }
            return best;
        }
    }

    private static double timed(Runnable run, int times) {
        var start = System.nanoTime();
        for (var i = 0; i < times; i++) {
            try (var scope = new PointerScope()) {
                run.run();
            }
        }
        return (System.nanoTime() - start) * 1e-9;
    }

    private Tensor random(long rows, long columns) {
        return torch.randn(new long[] {rows, columns}, Tensors.options(type, device));
    }
}

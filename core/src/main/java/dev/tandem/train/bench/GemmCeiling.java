package dev.tandem.train.bench;

import dev.tandem.tensor.Tensors;
import dev.tandem.train.bench.BenchResult.Product;
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

    /** Times every distinct product of a step; of each, the fastest of several repeats. */
    List<Product> measure(List<StepFlops.Product> products) {
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
        var result = new ArrayList<Product>();
        counts.forEach((key, count) -> result.add(
                new Product(key.product, key.rows, key.in, key.out, count, 1e-9 * key.flops() / seconds(key))));
        return result;
    }

    /** Speed of all products of a step together, 10⁹ operations a second. */
    static double gflops(List<Product> products) {
        var flops = products.stream().mapToDouble(GemmCeiling::flops).sum();
        var seconds =
                products.stream().mapToDouble(p -> 1e-9 * flops(p) / p.gflops()).sum();
        return 1e-9 * flops / seconds;
    }

    private static double flops(Product p) {
        return 2.0 * p.rows() * p.in() * p.out() * p.count();
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
            // results go where earlier ones were: fresh pages from the system are no part of the product
            var result =
                    torch.empty_like(key.product.equals("forward") ? y : key.product.equals("input-gradient") ? x : w);
            Map<String, Runnable> runs = Map.of(
                    "forward", () -> torch.mm_out(result, x, w.t()),
                    "input-gradient", () -> torch.mm_out(result, y, w),
                    "weight-gradient", () -> torch.mm_out(result, y.t(), x));
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

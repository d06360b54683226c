package dev.tandem.bench;

import dev.tandem.bench.BenchResult.Product;
import dev.tandem.tensor.machine.BlasThreads;
import dev.tandem.tensor.machine.MatrixProducts;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.cost.StepFlops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The speed at which this machine multiplies matrices of a step's shapes when it does nothing else. For every product
 * it is the better of two ways: one multiplication on all threads, or the rows split into one part per thread, each
 * multiplied on one thread, all simultaneously (as the engine's threads do). Where {@link MatrixProducts} chooses another
 * dtype for speed, products in that dtype count as well, without the casts they need.
 */
final class GemmCeiling {
    private static final int REPEATS = 5;
    private static final double MIN_SECONDS = 0.02;
    private static final int MAX_TIMES = 1000;

    private final ScalarType type;
    private final Device device;
    private final int threads;

    GemmCeiling(ScalarType type, Device device, int threads) {
        this.type = type;
        this.device = device;
        this.threads = threads;
    }

    /** Times every distinct product of a step and takes the fastest of several repeats. */
    List<Product> measure(List<StepFlops.Product> products) {
        var result = new ArrayList<Product>();
        try (var one = new ReplicaThreads(1, threads);
                var shares = new ReplicaThreads(threads, threads)) {
            counts(products).forEach((key, count) -> {
                var gflops = types().stream()
                        .mapToDouble(t -> fastest(one, shares, key, t))
                        .max()
                        .orElseThrow();
                result.add(new Product(key.kind, key.rows, key.in, key.out, count, gflops));
            });
        }
        return result;
    }

    private List<ScalarType> types() {
        return Stream.of(type, MatrixProducts.fastest(type, device)).distinct().toList();
    }

    private double fastest(ReplicaThreads one, ReplicaThreads shares, Key key, ScalarType type) {
        var together = together(one, key, type);
        return threads == 1 ? together : Math.max(together, gflops(shares, key, Math.max(1, key.rows / threads), type));
    }

    /** Speed of all products of a step together, 10⁹ operations a second: the harmonic mean weighted by operations. */
    static double gflops(List<Product> products) {
        var flops = products.stream().mapToDouble(GemmCeiling::flops).sum();
        var seconds =
                products.stream().mapToDouble(p -> 1e-9 * flops(p) / p.gflops()).sum();
        return 1e-9 * flops / seconds;
    }

    private static double flops(Product p) {
        return 2.0 * p.rows() * p.in() * p.out() * p.count();
    }

    private record Key(Product.Kind kind, int rows, int in, int out) {}

    private static LinkedHashMap<Key, Integer> counts(List<StepFlops.Product> products) {
        var counts = new LinkedHashMap<Key, Integer>();
        for (var p : products) {
            counts.merge(new Key(Product.Kind.FORWARD, p.rows(), p.in(), p.out()), 1, Integer::sum);
            if (p.inputGradient()) {
                counts.merge(new Key(Product.Kind.INPUT_GRADIENT, p.rows(), p.in(), p.out()), 1, Integer::sum);
            }
            if (p.weightGradient()) {
                counts.merge(new Key(Product.Kind.WEIGHT_GRADIENT, p.rows(), p.in(), p.out()), 1, Integer::sum);
            }
        }
        return counts;
    }

    /** One product on all threads. */
    private double together(ReplicaThreads one, Key key, ScalarType type) {
        try (var blas = new BlasThreads(threads)) {
            return gflops(one, key, key.rows, type);
        }
    }

    /** 10⁹ operations a second of all threads, each multiplying {@code rows} rows. */
    private double gflops(ReplicaThreads threads, Key key, int rows, ScalarType type) {
        var numbers = new ArrayList<Integer>();
        for (var i = 0; i < threads.count(); i++) {
            numbers.add(i);
        }
        var products =
                threads.map(numbers, (thread, i) -> new GemmProduct(key.kind, rows, key.in, key.out, type, device));
        try {
            timed(threads, products, 1);
            var once = timed(threads, products, 1);
            var times = (int) Math.max(1, Math.min(MAX_TIMES, Math.ceil(MIN_SECONDS / once)));
            var best = Double.POSITIVE_INFINITY;
            for (var i = 0; i < REPEATS; i++) {
                best = Math.min(best, timed(threads, products, times) / times);
            }
            return 2e-9 * rows * key.in * key.out * threads.count() / best;
        } finally {
            products.forEach(GemmProduct::close);
        }
    }

    private static double timed(ReplicaThreads threads, List<GemmProduct> products, int times) {
        var start = System.nanoTime();
        threads.map(products, (thread, product) -> product.multiply(times));
        return (System.nanoTime() - start) * 1e-9;
    }
}

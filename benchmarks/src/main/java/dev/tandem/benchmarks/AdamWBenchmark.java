package dev.tandem.benchmarks;

import dev.tandem.recipe.OptimizerRecipe;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.train.optimizer.AdamW;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The optimizer over ten million parameters in one buffer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class AdamWBenchmark {
    private static final long ELEMENTS = 10_000_000;
    private static final OptimizerRecipe RECIPE =
            new OptimizerRecipe(5e-5, List.of(0.9, 0.95), 1e-8, 0, 1, OptimizerRecipe.Schedule.CONSTANT, 0);

    private final FlatParameters parameters;
    private final AdamW optimizer;

    /** Makes parameters. */
    public AdamWBenchmark() {
        try (var scope = new PointerScope()) {
            var device = Inputs.device();
            var initial = Map.of("weight", Tensors.zeros(device, ELEMENTS));
            parameters = FlatParameters.of(initial, name -> true, device);
            parameters.gradient().fill_(new Scalar(1.0));
            optimizer = new AdamW(parameters, RECIPE, device);
        }
    }

    /** One update. */
    @Benchmark
    public void step() {
        optimizer.step(RECIPE.learningRate());
    }

    /** Norm of the gradient, and scaling it. */
    @Benchmark
    public double clipGradient() {
        return optimizer.clipGradient();
    }

    /** Frees the parameters. */
    @TearDown
    public void close() {
        optimizer.close();
        parameters.close();
    }
}

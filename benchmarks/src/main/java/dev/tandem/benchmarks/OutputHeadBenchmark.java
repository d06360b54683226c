package dev.tandem.benchmarks;

import dev.tandem.model.CausalLm;
import dev.tandem.model.OutputHead;
import dev.tandem.model.PackedSequences;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The output head over all trained tokens of a share. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class OutputHeadBenchmark {
    private final TensorOwner owner = new TensorOwner();
    private final CausalLm model = Inputs.model();
    private final int[] targets = PackedSequences.of(Inputs.sequences()).targets();
    private final Tensor hidden;
    private final Tensor gradient;

    /** Draws hidden states. */
    public OutputHeadBenchmark() {
        try (var scope = new PointerScope()) {
            var options = Tensors.options(ScalarType.Float, Inputs.device());
            hidden = owner.own(
                    torch.randn(new long[] {targets.length, model.spec().hiddenSize()}, options));
            gradient = owner.own(torch.empty_like(hidden));
        }
    }

    /** Log-probs alone. */
    @Benchmark
    public OutputHead.Scores logProbs() {
        return model.head().logProbs(hidden, targets);
    }

    /** Log-probs and the gradient of the hidden states. */
    @Benchmark
    public OutputHead.Scores logProbsAndGradient() {
        return model.head().logProbsAndGradient(hidden, targets, gradient);
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        owner.close();
        model.close();
    }
}

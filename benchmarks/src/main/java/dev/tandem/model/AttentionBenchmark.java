package dev.tandem.model;

import dev.tandem.benchmarks.Inputs;
import dev.tandem.model.attention.Attention;
import dev.tandem.model.attention.RopeRates;
import dev.tandem.model.batch.AttentionPlan;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Attention of one block over the ragged sequences of a share, with its projections. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class AttentionBenchmark {
    private final TensorOwner owner = new TensorOwner();
    private final CausalLm model = Inputs.model();
    private final PackedSequences batch = PackedSequences.of(Inputs.sequences());
    private final Attention attention;
    private final Tensor x;
    private final Tensor gradient;

    /** Draws an input. */
    public AttentionBenchmark() {
        var spec = model.spec();
        var weights = new ParameterStore(model.tensors(), ScalarType.Float, ScalarType.Float);
        attention = new Attention(
                spec.attentions().get(0),
                0,
                new LinearModules(model.layout(), weights, false, owner),
                weights,
                Optional.empty());
        try (var scope = new PointerScope()) {
            var options = Tensors.options(ScalarType.Float, Inputs.device());
            x = owner.own(torch.randn(new long[] {batch.tokens(), spec.hiddenSize()}, options));
            x.set_requires_grad(true);
            gradient = owner.own(torch.randn(new long[] {batch.tokens(), spec.hiddenSize()}, options));
        }
    }

    /** Planning and the forward pass. */
    @Benchmark
    public void forward() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            attend();
        }
    }

    /** The same, followed by the backward pass. */
    @Benchmark
    public void forwardAndBackward() {
        try (var scope = new PointerScope()) {
            attend().backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }
    }

    private Tensor attend() {
        var rope = new RopeRates(attention.spec().rope()).table(batch.positions(), model.device());
        var plan = AttentionPlan.of(batch, OptionalInt.empty(), model.device());
        return attention.apply(x, rope, plan, Dropout.none());
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        owner.close();
        model.close();
    }
}

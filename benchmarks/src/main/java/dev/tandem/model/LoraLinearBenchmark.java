package dev.tandem.model;

import dev.tandem.benchmarks.Inputs;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.Linear;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
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

/** The projection of queries, keys and values, without and with an adapter of rank 32; forward and backward. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LoraLinearBenchmark {
    private static final String NAME = "gpt_neox.layers.1.attention.query_key_value";
    private static final int RANK = 32;

    private final TensorOwner owner = new TensorOwner();
    private final CausalLm model = Inputs.model();
    private final Linear plain;
    private final Linear adapted;
    private final Tensor x;
    private final Tensor gradient;

    /** Draws an input. */
    public LoraLinearBenchmark() {
        var weights = new ParameterStore(model.tensors(), ScalarType.Float, ScalarType.Float);
        plain = new LinearModules(model.layout(), weights, false, owner).get(NAME);
        adapted = new LinearModules(model.layout(), weights, false, owner).get(NAME);
        var tokens = PackedSequences.of(Inputs.sequences()).tokens();
        try (var scope = new PointerScope()) {
            var config = new LoraConfig(RANK, RANK, 0, List.of("query_key_value"), false);
            var lora = LoraAdapter.create(config, model.layout(), 1, Inputs.device());
            lora.tensors().values().forEach(t -> owner.own(t).set_requires_grad(true));
            adapted.lora(lora.weights(NAME));
            var options = Tensors.options(ScalarType.Float, Inputs.device());
            x = owner.own(torch.randn(new long[] {tokens, plain.spec().in()}, options));
            x.set_requires_grad(true);
            gradient = owner.own(torch.randn(new long[] {tokens, plain.spec().out()}, options));
        }
    }

    /** The projection without an adapter. */
    @Benchmark
    public void plain() {
        pass(plain);
    }

    /** The projection with an adapter. */
    @Benchmark
    public void adapted() {
        pass(adapted);
    }

    private void pass(Linear linear) {
        try (var scope = new PointerScope()) {
            linear.apply(x, Dropout.none()).backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        adapted.lora(Optional.empty());
        owner.close();
        model.close();
    }
}

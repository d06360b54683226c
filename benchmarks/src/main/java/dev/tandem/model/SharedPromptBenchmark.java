package dev.tandem.model;

import dev.tandem.benchmarks.Inputs;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.tensor.TensorOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The decoder's forward and backward pass over two pairs whose prompt is computed once or twice. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SharedPromptBenchmark {
    private static final int PAIRS = 2;
    private static final int RANK = 32;

    /** Tokens of the prompt. */
    @Param({"8", "16", "32", "64", "256"})
    public int prompt;

    /** Tokens of each answer. */
    @Param({"32", "128", "512"})
    public int answer;

    /** Weights and activations. */
    @Param({"Float", "BFloat16"})
    public String type = "Float";

    /** Whether the prompt is computed once. */
    @Param({"false", "true"})
    public boolean shared;

    private final TensorOwner owner = new TensorOwner();
    private Optional<CausalLm> model = Optional.empty();
    private Optional<PackedSequences> batch = Optional.empty();

    /** Makes the model and the pairs. */
    @Setup
    public void prepare() {
        var made = Inputs.model(ScalarType.valueOf(type));
        model = Optional.of(made);
        try (var scope = new PointerScope()) {
            var config = new LoraConfig(RANK, RANK, 0.0, List.of("query_key_value"), false);
            var adapter = LoraAdapter.create(config, made.layout(), 1, made.device());
            adapter.tensors().values().forEach(tensor -> owner.own(tensor).set_requires_grad(true));
            made.adapter(Optional.of(adapter));
        }
        batch = Optional.of(PackedSequences.of(pairs(), pair -> shared));
    }

    private List<Example> pairs() {
        var random = new SplittableRandom(1);
        var pairs = new ArrayList<Example>();
        for (var i = 0; i < PAIRS; i++) {
            var begin = random.ints(prompt, 0, 50_000).toArray();
            pairs.add(new Example(i, List.of(answered(begin, random), answered(begin, random))));
        }
        return pairs;
    }

    private TokenSequence answered(int[] begin, SplittableRandom random) {
        var ids = IntStream.concat(IntStream.of(begin), random.ints(answer, 0, 50_000));
        return TokenSequence.of(ids.toArray(), prompt);
    }

    /** One forward and backward pass. */
    @Benchmark
    public void forwardAndBackward() {
        try (var scope = new PointerScope()) {
            var pass = model.orElseThrow().forward(batch.orElseThrow(), Dropout.none());
            pass.backward(torch.ones_like(pass.output()));
        }
    }

    /** Frees the tensors. */
    @TearDown
    public void close() {
        owner.close();
        model.ifPresent(CausalLm::close);
    }
}

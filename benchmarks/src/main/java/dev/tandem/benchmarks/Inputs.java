package dev.tandem.benchmarks;

import dev.tandem.bench.BenchLengths;
import dev.tandem.bench.BenchShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the benchmarks work on: random weights, ragged sequences, one thread as a thread has. */
public final class Inputs {
    private static final long SEED = 1;
    private static final int SEQUENCES = 4;

    private Inputs() {}

    /** Where everything is computed. */
    public static Device device() {
        NativeSetup.threads(1);
        return Devices.of("cpu");
    }

    /** The model everything is measured at: pythia-70m's shape, float32. */
    public static BenchShape shape() {
        return BenchShape.named("pythia-70m");
    }

    /** The model, of random weights. */
    public static CausalLm model() {
        return model(ScalarType.Float);
    }

    /** The model in a dtype. */
    public static CausalLm model(ScalarType type) {
        var owner = new TensorOwner();
        var layout = ParameterLayout.of(shape().spec());
        var computation = Computation.of(type, device());
        try (var scope = new PointerScope()) {
            var weights = RandomInitialization.frozen(layout, SEED, computation, owner);
            return new CausalLm(shape().spec(), weights, computation, owner);
        }
    }

    /** A thread's share of a batch: sequences of 62 to 237 tokens, the lengths of the built-in data. */
    public static List<TokenSequence> sequences() {
        var random = new SplittableRandom(SEED);
        var result = new ArrayList<TokenSequence>();
        for (var length : BenchLengths.ragged().sft().subList(0, SEQUENCES)) {
            var ids = random.ints((long) length.prompt() + length.response(), 0, 50_000)
                    .toArray();
            result.add(TokenSequence.of(ids, length.prompt()));
        }
        return result;
    }
}

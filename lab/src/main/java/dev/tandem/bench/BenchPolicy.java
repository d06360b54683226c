package dev.tandem.bench;

import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.RandomInitialization;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.Policy;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;

/** Makes policies of random weights in memory, trained the ways a recipe can ask for. */
public final class BenchPolicy {
    private static final long WEIGHT_SEED = 1;
    private static final long ADAPTER_SEED = 2;

    private BenchPolicy() {}

    /** The policy to measure: an adapter or all parameters, one thread a thread. */
    public static Policy create(BenchSettings settings) {
        var computation = Computation.of(DTypes.of(settings.precision()).scalarType(), Devices.of("cpu"))
                .withCheckpointActivations(settings.checkpointActivations());
        var threads = new ReplicaThreads(settings.threads(), settings.threads());
        return settings.loraRank() > 0
                ? withAdapter(settings, computation, threads)
                : allParameters(settings.shape(), computation, threads);
    }

    private static Policy withAdapter(BenchSettings settings, Computation computation, ReplicaThreads threads) {
        var owner = new TensorOwner();
        var device = computation.device();
        var layout = ParameterLayout.of(settings.shape().spec());
        try (var scope = new PointerScope()) {
            var tensors = RandomInitialization.frozen(layout, WEIGHT_SEED, computation, owner);
            var model = new CausalLm(settings.shape().spec(), tensors, computation, owner);
            var config = new LoraConfig(settings.loraRank(), settings.loraRank(), 0.0, settings.loraTargets(), false);
            var initial = LoraAdapter.create(config, layout, ADAPTER_SEED, device);
            var parameters = FlatParameters.of(initial.tensors(), name -> true, device);
            return new Policy(model, parameters, Optional.of(initial.withTensors(parameters.leaves())), threads);
        }
    }

    private static Policy allParameters(BenchShape shape, Computation computation, ReplicaThreads threads) {
        var device = computation.device();
        try (var scope = new PointerScope();
                var drawn = new TensorOwner()) {
            var layout = ParameterLayout.of(shape.spec());
            var tensors = RandomInitialization.parameters(layout, WEIGHT_SEED, device, drawn);
            var parameters = FlatParameters.of(tensors, layout.decaying()::contains, device);
            var model = new CausalLm(shape.spec(), parameters.leaves(), computation, new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), threads);
        }
    }
}

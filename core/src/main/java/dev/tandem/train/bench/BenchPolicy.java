package dev.tandem.train.bench;

import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ParameterLayout;
import dev.tandem.model.RandomInitialization;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.train.DTypes;
import dev.tandem.train.Policy;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;

/** Makes policies of random weights in memory, trained the ways a recipe can ask for. */
final class BenchPolicy {
    private static final long WEIGHT_SEED = 1;
    private static final long ADAPTER_SEED = 2;

    private BenchPolicy() {}

    /** The policy to measure: an adapter or all parameters, one lane a thread. */
    static Policy create(BenchSettings settings) {
        var computation = Computation.of(DTypes.of(settings.precision()).scalarType(), Devices.of("cpu"))
                .withCheckpointActivations(settings.checkpointActivations());
        var lanes = new Lanes(settings.threads(), settings.threads());
        return settings.loraRank() > 0
                ? withAdapter(settings, computation, lanes)
                : allParameters(settings.shape(), computation, lanes);
    }

    private static Policy withAdapter(BenchSettings settings, Computation computation, Lanes lanes) {
        var owner = new TensorOwner();
        var device = computation.device();
        var layout = ParameterLayout.of(settings.shape().spec());
        try (var scope = new PointerScope()) {
            var tensors = RandomInitialization.frozen(layout, WEIGHT_SEED, computation, owner);
            var model = new CausalLm(settings.shape().spec(), tensors, computation, owner);
            var config = new LoraConfig(settings.loraRank(), settings.loraRank(), 0.0, settings.loraTargets(), false);
            var initial = LoraAdapter.create(config, layout, ADAPTER_SEED, device);
            var parameters = FlatParameters.of(initial.tensors(), name -> true, device);
            return new Policy(model, parameters, Optional.of(initial.withTensors(parameters.leaves())), lanes);
        }
    }

    private static Policy allParameters(BenchShape shape, Computation computation, Lanes lanes) {
        var device = computation.device();
        try (var scope = new PointerScope();
                var drawn = new TensorOwner()) {
            var layout = ParameterLayout.of(shape.spec());
            var tensors = RandomInitialization.parameters(layout, WEIGHT_SEED, device, drawn);
            var parameters = FlatParameters.of(tensors, layout.decaying()::contains, device);
            var model = new CausalLm(shape.spec(), parameters.leaves(), computation, new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), lanes);
        }
    }
}

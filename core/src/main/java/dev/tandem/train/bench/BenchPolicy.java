package dev.tandem.train.bench;

import dev.tandem.model.CausalLm;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ParameterLayout;
import dev.tandem.model.RandomInitialization;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.train.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Makes policies of random weights in memory, trained the ways a recipe can ask for. */
final class BenchPolicy {
    private static final long WEIGHT_SEED = 1;
    private static final long ADAPTER_SEED = 2;

    private BenchPolicy() {}

    /** @param rank of the adapter on the query, key and value projections; 0: all parameters are trained */
    static Policy create(BenchShape shape, Precision precision, int rank) {
        var device = Devices.of("cpu");
        var type = scalarType(precision);
        return rank > 0 ? withAdapter(shape, type, rank, device) : allParameters(shape, type, device);
    }

    static ScalarType scalarType(Precision precision) {
        return precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    }

    /** The modules an adapter attaches to. */
    static List<String> targets(BenchShape shape) {
        return shape.config().fusedQkv() ? List.of("query_key_value") : List.of("q_proj", "k_proj", "v_proj");
    }

    private static Policy withAdapter(BenchShape shape, ScalarType type, int rank, Device device) {
        var owner = new TensorOwner();
        var layout = ParameterLayout.of(shape.config());
        try (var scope = new PointerScope();
                var drawn = new TensorOwner()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            random(layout, device, drawn)
                    .forEach((name, value) ->
                            tensors.put(name, owner.own(value.to(type).clone())));
            var model = new CausalLm(shape.config(), tensors, type, device, 0, owner);
            var config = new LoraConfig(rank, rank, 0.0, targets(shape), false);
            var initial = LoraAdapter.create(config, layout, ADAPTER_SEED, device);
            var parameters = FlatParameters.of(initial.tensors(), name -> true, device);
            return new Policy(model, parameters, Optional.of(initial.withTensors(parameters.leaves())));
        }
    }

    private static Policy allParameters(BenchShape shape, ScalarType type, Device device) {
        try (var scope = new PointerScope();
                var drawn = new TensorOwner()) {
            var tensors = random(ParameterLayout.of(shape.config()), device, drawn);
            var parameters = FlatParameters.of(tensors, name -> !name.endsWith(".bias"), device);
            var model = new CausalLm(shape.config(), parameters.leaves(), type, device, 0, new TensorOwner());
            return new Policy(model, parameters, Optional.empty());
        }
    }

    private static Map<String, Tensor> random(ParameterLayout layout, Device device, TensorOwner owner) {
        return RandomInitialization.parameters(layout, WEIGHT_SEED, device, owner);
    }
}

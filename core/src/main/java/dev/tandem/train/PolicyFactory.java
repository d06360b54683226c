package dev.tandem.train;

import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ModelConfigReader;
import dev.tandem.model.ModelLoader;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import dev.tandem.tensor.TensorOwner;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Builds the policy a recipe asks for, as it is before training. */
final class PolicyFactory {
    private final Recipe recipe;
    private final Device device;
    private final Computation computation;
    private final Collective ranks;

    PolicyFactory(Recipe recipe, Device device) {
        this(recipe, device, Collective.alone());
    }

    PolicyFactory(Recipe recipe, Device device, Collective ranks) {
        this.ranks = ranks;
        this.recipe = recipe;
        this.device = device;
        this.computation = computation(recipe.train(), device);
    }

    static ScalarType scalarType(Precision precision) {
        return precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
    }

    static Computation computation(TrainRecipe train, Device device) {
        var computation = Computation.of(scalarType(train.precision()), device);
        var tiles = computation.headTiles();
        return computation
                .withHeadTiles(tiles.withRows(train.headChunk().orElse(tiles.rows())))
                .withSharedPrompts(train.sharedPrompts())
                .withCheckpointActivations(train.checkpointActivations());
    }

    Policy create() {
        return recipe.lora().map(this::withAdapter).orElseGet(this::allParameters);
    }

    private Policy withAdapter(LoraRecipe lora) {
        var model = ModelLoader.load(recipe.model(), computation);
        try (var scope = new PointerScope();
                var initialOwner = new TensorOwner()) {
            var initial = lora.from()
                    .map(path -> LoraAdapter.read(path, model.layout(), device, initialOwner))
                    .map(adapter -> adapter.withDropout(lora.dropout()))
                    .orElseGet(() -> LoraAdapter.create(config(lora), model.layout(), initSeed(), device));
            var parameters = FlatParameters.of(initial.tensors(), name -> true, device);
            return new Policy(model, parameters, Optional.of(initial.withTensors(parameters.leaves())), lanes(), ranks);
        }
    }

    private Policy allParameters() {
        var config = ModelConfigReader.read(recipe.model());
        try (var scope = new PointerScope();
                var loaded = new TensorOwner()) {
            // in float32 whatever the precision: small updates would be lost in bfloat16
            var tensors = ModelLoader.tensors(recipe.model(), config, ScalarType.Float, device, loaded);
            var parameters = FlatParameters.of(tensors, matrices(tensors)::containsKey, device);
            var model = new CausalLm(config, parameters.leaves(), computation, new TensorOwner());
            return new Policy(model, parameters, Optional.empty(), lanes(), ranks);
        }
    }

    /** Weight decay applies to matrices, not to biases and norms. */
    private static Map<String, Tensor> matrices(Map<String, Tensor> tensors) {
        var result = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> {
            if (tensor.dim() > 1) {
                result.put(name, tensor);
            }
        });
        return result;
    }

    private static LoraConfig config(LoraRecipe lora) {
        return new LoraConfig(lora.rank(), lora.alpha(), lora.dropout(), lora.targets(), false);
    }

    private Lanes lanes() {
        return lanes(device, recipe.train().threads());
    }

    /** One lane per thread on a CPU; a GPU is kept busy by one. */
    static Lanes lanes(Device device, OptionalInt threads) {
        var cores = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
        return new Lanes(device.is_cpu() ? cores : 1, cores);
    }

    private long initSeed() {
        return Seeds.of(recipe.train().seed(), "lora");
    }
}

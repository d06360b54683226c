package dev.tandem.train;

import dev.tandem.distributed.Collective;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ModelLoader;
import dev.tandem.model.ParameterLayout;
import dev.tandem.model.SplitModel;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.recipe.ZeroStage;
import dev.tandem.tensor.FlatLayout;
import dev.tandem.tensor.FlatParameters;
import dev.tandem.tensor.Lanes;
import dev.tandem.tensor.Split;
import dev.tandem.tensor.SplitParameters;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.UnitRing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/** Builds the policy a recipe asks for, as it is before training. */
final class PolicyFactory {
    private final Recipe recipe;
    private final Device device;
    private final Computation computation;
    private final Collective ranks;
    private final ModelSpec spec;
    private final Split split;
    private final UnitRing ring;

    PolicyFactory(Recipe recipe, Device device) {
        this(recipe, device, Collective.alone());
    }

    PolicyFactory(Recipe recipe, Device device, Collective ranks) {
        this.ranks = ranks;
        this.recipe = recipe;
        this.device = device;
        this.spec = ModelFamilies.read(recipe.model());
        this.split = split(recipe.train().zeroStage(), ranks);
        this.ring = UnitRing.ofParameters(spec.layers());
        var usual = computation(recipe.train(), device);
        // parameters that were brought together for a block do not stay until its backward pass
        this.computation = split.parameters() ? usual.withCheckpointActivations(true) : usual;
    }

    private static Split split(ZeroStage stage, Collective ranks) {
        return ranks.size() == 1
                ? Split.none()
                : new Split(
                        ranks.rank(),
                        ranks.size(),
                        stage.splits(ZeroStage.MOMENTS),
                        stage.splits(ZeroStage.GRADIENTS),
                        stage.splits(ZeroStage.PARAMETERS));
    }

    static Computation computation(TrainRecipe train, Device device) {
        var computation = Computation.of(DTypes.of(train.precision()).scalarType(), device);
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
        if (!split.parameters()) {
            return withAdapter(lora, ModelLoader.load(recipe.model(), computation), Optional.empty());
        }
        var model = SplitModel.load(recipe.model(), computation, split, ring);
        return withAdapter(lora, model.model(), Optional.of(model));
    }

    private Policy withAdapter(LoraRecipe lora, CausalLm model, Optional<SplitParameters> frozen) {
        try (var scope = new PointerScope();
                var initialOwner = new TensorOwner()) {
            var initial = lora.from()
                    .map(path -> LoraAdapter.read(path, model.layout(), device, initialOwner))
                    .map(adapter -> adapter.withDropout(lora.dropout()))
                    .orElseGet(() -> LoraAdapter.create(config(lora), model.layout(), initSeed(), device));
            var tensors = initial.tensors();
            var shapes = new LinkedHashMap<String, long[]>();
            tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
            var parameters = parameters(
                    model.layout(),
                    shapes,
                    name -> true,
                    name -> Optional.ofNullable(tensors.get(name)).orElseThrow());
            return policy(model, parameters, Optional.of(initial.withTensors(parameters.leaves())), frozen);
        }
    }

    private Policy allParameters() {
        var layout = ParameterLayout.of(spec);
        var shapes = new LinkedHashMap<String, long[]>();
        layout.parameters()
                .forEach(p -> shapes.put(
                        p.name(), p.shape().stream().mapToLong(Long::longValue).toArray()));
        var decaying = layout.decaying();
        // in float32 whatever the precision: small updates would be lost in bfloat16
        var parameters =
                ModelLoader.reading(recipe.model(), spec, read -> parameters(layout, shapes, decaying::contains, read));
        var model = new CausalLm(spec, parameters.leaves(), computation, new TensorOwner());
        return policy(model, parameters, Optional.empty(), Optional.empty());
    }

    private Policy policy(
            CausalLm model,
            FlatParameters parameters,
            Optional<LoraAdapter> adapter,
            Optional<SplitParameters> frozen) {
        return new Policy(model, parameters, adapter, lanes(), ranks, frozen, ring);
    }

    /** @param shapes in the order of the forward pass */
    private FlatParameters parameters(
            ParameterLayout layout,
            Map<String, long[]> shapes,
            Predicate<String> decays,
            Function<String, Tensor> initial) {
        return FlatParameters.of(flatLayout(layout, shapes, decays), ring, split, device, initial);
    }

    private FlatLayout flatLayout(ParameterLayout layout, Map<String, long[]> shapes, Predicate<String> decays) {
        if (ranks.size() == 1) {
            return FlatLayout.whole(shapes, decays);
        }
        var units = layout.units().stream()
                .<Map<String, long[]>>map(names -> new LinkedHashMap<>())
                .toList();
        shapes.forEach((name, shape) -> units.get(layout.unit(name)).put(name, shape));
        return FlatLayout.of(units, ring, decays, ranks.size(), split.parameters());
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

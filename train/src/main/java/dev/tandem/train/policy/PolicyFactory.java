package dev.tandem.train.policy;

import dev.tandem.distributed.Collective;
import dev.tandem.math.Seeds;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.family.IgnoredKeys;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.model.lora.PeftAdapterReader;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe;
import dev.tandem.recipe.ZeroStage;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.flat.ShardSpec;
import dev.tandem.tensor.flat.ShardedParameters;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.zero.ShardedModel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the policy a recipe asks for, as it is before training. */
public final class PolicyFactory {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyFactory.class);

    private final Recipe recipe;
    private final Device device;
    private final Computation computation;
    private final Collective ranks;
    private final ModelSpec spec;
    private final ShardSpec split;
    private final BufferRing ring;

    public PolicyFactory(Recipe recipe, Device device) {
        this(recipe, device, Collective.single());
    }

    public PolicyFactory(Recipe recipe, Device device, Collective ranks) {
        this.ranks = ranks;
        this.recipe = recipe;
        this.device = device;
        this.spec = ModelFamilies.read(recipe.model());
        this.split = split(recipe.train().zeroStage(), ranks);
        this.ring = BufferRing.ofParameters(spec.layers());
        var usual = computation(recipe.train(), device);
        // parameters that were gathered for a block do not stay until its backward pass
        this.computation = split.parameters() ? usual.withCheckpointActivations(true) : usual;
    }

    private static ShardSpec split(ZeroStage stage, Collective ranks) {
        return ranks.size() == 1
                ? ShardSpec.none()
                : new ShardSpec(
                        ranks.rank(),
                        ranks.size(),
                        stage.splits(ZeroStage.MOMENTS),
                        stage.splits(ZeroStage.GRADIENTS),
                        stage.splits(ZeroStage.PARAMETERS));
    }

    public static Computation computation(TrainRecipe train, Device device) {
        var computation = Computation.of(DTypes.of(train.precision()).scalarType(), device);
        var tiles = computation.headTiles();
        return computation
                .withHeadTiles(tiles.withRows(train.headTileTokens().orElse(tiles.rows())))
                .withSharedPrompts(train.sharedPrompts())
                .withCheckpointActivations(train.checkpointActivations());
    }

    public Policy create() {
        var config = ConfigJson.read(recipe.model().resolve(ConfigJson.FILE_NAME));
        var dropouts = IgnoredKeys.dropouts(config);
        if (!dropouts.isEmpty()) {
            LOG.warn(
                    "{}: training does not apply the model's dropout ({}). An adapter may have one: lora.dropout.",
                    config.file(),
                    String.join(", ", dropouts));
        }
        return recipe.lora().map(this::withAdapter).orElseGet(this::allParameters);
    }

    private Policy withAdapter(LoraRecipe lora) {
        if (!split.parameters()) {
            return withAdapter(lora, ModelLoader.load(recipe.model(), computation), Optional.empty());
        }
        var model = ShardedModel.load(recipe.model(), computation, split, ring);
        return withAdapter(lora, model.model(), Optional.of(model));
    }

    private Policy withAdapter(LoraRecipe lora, CausalLm model, Optional<ShardedParameters> frozen) {
        try (var scope = new PointerScope();
                var initialOwner = new TensorOwner()) {
            var initial = lora.initFrom()
                    .map(path -> LoraAdapter.read(path, model.layout(), device, initialOwner))
                    .map(adapter -> adapter.withDropout(lora.dropout()))
                    .orElseGet(() -> LoraAdapter.create(adapterConfig(lora), model.layout(), initSeed(), device));
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
        // in float32 in every precision: small updates would be lost in bfloat16
        var parameters =
                ModelLoader.reading(recipe.model(), spec, read -> parameters(layout, shapes, decaying::contains, read));
        var model = new CausalLm(spec, parameters.leaves(), computation, new TensorOwner());
        return policy(model, parameters, Optional.empty(), Optional.empty());
    }

    private Policy policy(
            CausalLm model,
            FlatParameters parameters,
            Optional<LoraAdapter> adapter,
            Optional<ShardedParameters> frozen) {
        return new Policy(model, parameters, adapter, replicaThreads(), ranks, frozen, ring);
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

    /**
     * Rank, alpha and targets of an adapter: those of the adapter to start with, or those of the recipe.
     *
     * @throws dev.tandem.UserException if the adapter to start with cannot be read
     */
    public static LoraConfig adapterConfig(LoraRecipe lora) {
        return lora.initFrom().map(PeftAdapterReader::config).orElseGet(() -> {
            var rank = lora.rank().orElseThrow();
            return new LoraConfig(rank, lora.alpha().orElse(rank), lora.dropout(), lora.targets(), false);
        });
    }

    private ReplicaThreads replicaThreads() {
        return replicaThreads(device, recipe.train().threads());
    }

    /** One replica per thread on a CPU; a GPU is kept busy by one. */
    public static ReplicaThreads replicaThreads(Device device, OptionalInt threads) {
        var cores = threads.orElseGet(() -> Runtime.getRuntime().availableProcessors());
        return new ReplicaThreads(device.is_cpu() ? cores : 1, cores);
    }

    private long initSeed() {
        return Seeds.of(recipe.train().seed(), "lora");
    }
}

package dev.tandem.train.plan;

import dev.tandem.InputJson;
import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.method.StepWork;
import dev.tandem.model.HeadTiles;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.ModelConfigReader;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads a plan's run off a recipe. No data are read: every sequence counts as {@code max-length} long, with all of its
 * tokens trained and no prompt shared, which is an upper bound.
 */
public final class PlannedRecipe {
    private static final int MOST_BYTES = 1_000_000;

    private final Recipe recipe;
    private final boolean gpu;

    private PlannedRecipe(Recipe recipe, boolean gpu) {
        this.recipe = recipe;
        this.gpu = gpu;
    }

    /**
     * The run of a recipe.
     *
     * @param recipe whose model, and adapter to start with, are folders here
     * @param gpu whether it is on GPUs
     * @param tokens of a step on all ranks together; absent: as many as its batches can have
     * @throws UserException if the model's config or the adapter's is unusable, or the adapter does not fit the
     *     model
     */
    public static PlannedRun of(Recipe recipe, boolean gpu, OptionalLong tokens) {
        var run = new PlannedRecipe(recipe, gpu).run();
        return tokens.isPresent() ? run.withLengths(tokens.getAsLong() / run.tokens()) : run;
    }

    /** Whether a recipe names a GPU. */
    public static boolean namesGpu(Recipe recipe) {
        return recipe.train().device().startsWith("cuda");
    }

    private PlannedRun run() {
        var train = recipe.train();
        var objectives = recipe.objectives().entrySet().stream()
                .map(e -> batch(e.getKey(), e.getValue()))
                .toList();
        var work = recipe.method().work(List.copyOf(recipe.objectives().keySet()), train.steps());
        var tiles = gpu ? HeadTiles.onGpu() : HeadTiles.onCpu();
        return new PlannedRun(
                ModelConfigReader.read(recipe.model()),
                recipe.lora().map(PlannedRecipe::adapter),
                train.precision() == Precision.BF16 ? 2 : Float.BYTES,
                train.checkpointActivations(),
                tiles.withRows(train.headChunk().orElse(tiles.rows())),
                objectives,
                step(objectives, work),
                Arrays.stream(work.probes()).sum());
    }

    private Batch batch(String name, ObjectiveRecipe objective) {
        var sequences = objective.shape().sequences();
        var length = objective.data().maxLength();
        var ofExample = (long) sequences * length;
        var examples = objective.data().batching() instanceof Batching.Examples batch
                ? batch.size()
                : Math.max(1, ((Batching.Tokens) objective.data().batching()).tokens() / ofExample);
        var tokens = recipe.train().microBatchTokens().orElse(Integer.MAX_VALUE);
        var atOnce = Math.min(objective.microBatchSize().orElse(Integer.MAX_VALUE), Math.max(1, tokens / ofExample));
        return new Batch(name, examples, sequences, length, Math.min(examples, atOnce));
    }

    /** What a step trains on: all trained objectives where it is on all of them, else the one with most tokens. */
    private static List<Batch> step(List<Batch> objectives, StepWork work) {
        var trained = work.trained().mapToObj(objectives::get).toList();
        return work.joint()
                ? trained
                : List.of(trained.stream()
                        .max(Comparator.comparingDouble(Batch::tokens))
                        .orElseThrow());
    }

    private static LoraConfig adapter(LoraRecipe lora) {
        return lora.from()
                .map(PlannedRecipe::adapterOf)
                .orElseGet(() -> new LoraConfig(lora.rank(), lora.alpha(), lora.dropout(), lora.targets(), false));
    }

    /** Rank and targets of an adapter that training starts with. A pattern of modules counts as all of them. */
    private static LoraConfig adapterOf(Path folder) {
        var file = folder.resolve("adapter_config.json");
        var json = InputJson.object(file, MOST_BYTES);
        var rank = json.path("r").asInt(0);
        if (rank < 1) {
            throw new UserException(file + ": r is missing, the rank of the adapter's matrices.");
        }
        var targets = new ArrayList<String>();
        json.path("target_modules").forEach(target -> targets.add(target.asString("")));
        return new LoraConfig(rank, rank, 0, targets.isEmpty() ? List.of(LoraConfig.ALL_LINEAR) : targets, false);
    }
}

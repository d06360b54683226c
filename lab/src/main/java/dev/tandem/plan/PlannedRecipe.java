package dev.tandem.plan;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.method.StepWork;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.PolicyFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Derives a plan's run from a recipe. No data is read: every sequence counts as {@code max-length} long, with all of its
 * tokens trained and no prompt shared, which is an upper bound.
 */
public final class PlannedRecipe {
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
    public static PlanInput of(Recipe recipe, boolean gpu, OptionalLong tokens) {
        var run = new PlannedRecipe(recipe, gpu).run();
        return tokens.isPresent() ? run.withLengths(tokens.getAsLong() / run.tokens()) : run;
    }

    /** Whether a recipe names a GPU. */
    public static boolean namesGpu(Recipe recipe) {
        return recipe.train().device().startsWith("cuda");
    }

    private PlanInput run() {
        var train = recipe.train();
        var objectives = recipe.objectives().entrySet().stream()
                .map(e -> batch(e.getKey(), e.getValue()))
                .toList();
        var work = recipe.method().work(List.copyOf(recipe.objectives().keySet()), train.steps());
        var tiles = gpu ? HeadTiles.onGpu() : HeadTiles.onCpu();
        return new PlanInput(
                ModelFamilies.read(recipe.model()),
                recipe.lora().map(PolicyFactory::adapterConfig),
                DTypes.of(train.precision()).bytes(),
                train.checkpointActivations(),
                tiles.withRows(train.headTileTokens().orElse(tiles.rows())),
                objectives,
                step(objectives, work),
                Arrays.stream(work.probes()).sum(),
                work.gradientBuffers());
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

    /** The batches of a step: all trained objectives where it is on all of them, otherwise the one with most tokens. */
    private static List<Batch> step(List<Batch> objectives, StepWork work) {
        var trained = work.trained().mapToObj(objectives::get).toList();
        return work.joint()
                ? trained
                : List.of(trained.stream()
                        .max(Comparator.comparingDouble(Batch::tokens))
                        .orElseThrow());
    }
}

package dev.tandem.train.plan;

import dev.tandem.UserException;
import dev.tandem.model.HeadTiles;
import dev.tandem.model.LoraConfig;
import dev.tandem.model.PeftAdapterReader;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.Batching;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.MethodRecipe;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.DTypes;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads a plan's run off a recipe. No data are read: every sequence counts as {@code max-length} long, with all of its
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
        var tiles = gpu ? HeadTiles.onGpu() : HeadTiles.onCpu();
        return new PlannedRun(
                ModelFamilies.read(recipe.model()),
                recipe.lora().map(PlannedRecipe::adapter),
                DTypes.of(train.precision()).bytes(),
                train.checkpointActivations(),
                tiles.withRows(train.headChunk().orElse(tiles.rows())),
                objectives,
                step(objectives),
                looks());
    }

    private Batch batch(String name, ObjectiveRecipe objective) {
        var sequences = objective.loss() == Loss.SFT ? 1 : 2;
        var length = objective.maxLength();
        var ofExample = (long) sequences * length;
        var examples = objective.batching() instanceof Batching.Examples batch
                ? batch.size()
                : Math.max(1, ((Batching.Tokens) objective.batching()).tokens() / ofExample);
        var tokens = recipe.train().microBatchTokens().orElse(Integer.MAX_VALUE);
        var atOnce = Math.min(objective.microBatchSize().orElse(Integer.MAX_VALUE), Math.max(1, tokens / ofExample));
        return new Batch(name, examples, sequences, length, Math.min(examples, atOnce));
    }

    /** What a step trains on: all objectives where they are mixed, else one, and that with most tokens counts. */
    private List<Batch> step(List<Batch> objectives) {
        if (recipe.method() instanceof MethodRecipe.Mix) {
            return objectives;
        }
        if (recipe.method() instanceof MethodRecipe.Optimum optimum) {
            return objectives.stream()
                    .filter(b -> b.objective().equals(optimum.objective()))
                    .toList();
        }
        return List.of(objectives.stream()
                .max(Comparator.comparingDouble(Batch::tokens))
                .orElseThrow());
    }

    /** MAXRIGHT looks at the objectives it did not train on every so many steps. */
    private double looks() {
        return recipe.method() instanceof MethodRecipe.Maxright maxright
                ? (recipe.objectives().size() - 1.0) / maxright.evaluateEvery()
                : 0;
    }

    private static LoraConfig adapter(LoraRecipe lora) {
        return lora.from()
                .map(PeftAdapterReader::config)
                .orElseGet(() -> new LoraConfig(lora.rank(), lora.alpha(), lora.dropout(), lora.targets(), false));
    }
}

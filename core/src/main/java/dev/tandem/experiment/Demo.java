package dev.tandem.experiment;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.data.TextTokenizer;
import dev.tandem.experiment.world.DemoWorld;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.StepEvent;
import dev.tandem.train.TrainingListener;
import dev.tandem.train.TrainingResult;
import dev.tandem.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Prepares the demo's comparison: a small world whose preferences conflict with its instructions, and a tiny model
 * pre-trained on it. The comparison itself is like any other; its recipe is {@code comparison.yaml} in the demo's
 * folder.
 *
 * <p>The folder also contains {@code world/}, {@code untrained/}, {@code pretraining/} and, once it has run, {@code
 * comparison/}.
 */
public final class Demo {
    private final Path folder;
    private final DemoSettings settings;
    private final ComparisonListener listener;
    private final BooleanSupplier stopRequested;

    /**
     * Creates a demo.
     *
     * @param folder folder of the demo; must not exist yet
     * @param listener notified of its stages and their progress
     * @param stopRequested checked after every step; true ends the demo
     */
    public Demo(Path folder, DemoSettings settings, ComparisonListener listener, BooleanSupplier stopRequested) {
        this.folder = folder;
        this.settings = settings;
        this.listener = listener;
        this.stopRequested = stopRequested;
    }

    /**
     * Generates the world, pre-trains the model and writes the comparison's recipe.
     *
     * @return the comparison to run
     * @throws UserException if the folder exists or cannot be written
     * @throws CancellationException if it was asked to stop
     */
    public ComparisonRecipe prepare() {
        if (Files.exists(folder)) {
            throw new UserException(folder + " exists already. Remove it or choose another folder with --output.");
        }
        listener.onMessage("Making a small world: corpus, tokenizer, instructions, preferences");
        var world = DemoWorld.generate(settings.seed(), settings.sizes());
        var files = world.write(folder.resolve("world"));
        var recipes = new DemoRecipes(files, settings);
        var untrained = folder.resolve("untrained");
        var tokens = folder.resolve("world/corpus-tokens.jsonl");
        try (var tokenizer = TextTokenizer.load(files.tokenizer())) {
            DemoModel.write(untrained, files.tokenizer(), settings, tokenizer.vocabSize());
            DemoModel.writePretrainingRows(tokens, world.corpus(), tokenizer);
        }
        listener.onMessage("Pre-training a tiny Llama on the corpus");
        pretrain(recipes.pretraining(untrained, tokens, folder.resolve("pretraining")));
        var recipe = folder.resolve("comparison.yaml");
        AtomicFiles.write(
                recipe, recipes.comparison(folder.resolve("pretraining/final"), folder.resolve("comparison")));
        return RecipeReader.readComparison(recipe, List.of());
    }

    private void pretrain(String yaml) {
        var recipe = RecipeReader.parse(yaml, List.of());
        var progress = new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                listener.onProgress(
                        "pre-training", event.step() + 1L, recipe.train().steps());
            }
        };
        var result = new TrainingRun(recipe, false).train(progress, stopRequested);
        if (result.reason() == TrainingResult.Reason.INTERRUPTED) {
            throw new CancellationException("the demo was stopped");
        }
    }
}

package dev.tandem.experiment;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.data.TextTokenizer;
import dev.tandem.experiment.world.DemoWorld;
import dev.tandem.train.TrainingListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The demo: a small world whose preferences pull against its instructions, a tiny model pre-trained on it, and every
 * method for the same number of steps, so that a person sees what sequential training forgets and joint training keeps.
 *
 * <p>All is made in one folder: {@code world/}, {@code untrained/}, {@code pretraining/}, {@code reference/}, and one
 * folder per run under {@code runs/}. Each run folder holds the recipe it was made with.
 */
public final class Demo {
    private final Path folder;
    private final DemoSettings settings;
    private final TrainingListener listener;
    private final DemoRuns runs;

    /**
     * A demo to be made.
     *
     * @param folder where; must not exist yet
     * @param listener hears of its stages and of how far they are
     * @param stopRequested asked after every step; true ends the demo
     */
    public Demo(Path folder, DemoSettings settings, TrainingListener listener, BooleanSupplier stopRequested) {
        this.folder = folder;
        this.settings = settings;
        this.listener = listener;
        this.runs = new DemoRuns(listener, stopRequested);
    }

    /**
     * Makes everything and runs all methods.
     *
     * @throws UserException if the folder exists or cannot be written
     * @throws CancellationException if it was asked to stop
     */
    public DemoResult run() {
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
        runs.train("pre-training", recipes.pretraining(untrained, tokens, folder.resolve("pretraining")));
        listener.onMessage("Training the reference policy on the chosen answers");
        runs.train("reference", recipes.reference(folder.resolve("pretraining/final"), folder.resolve("reference")));
        listener.onMessage("Running both optima and all methods, two at a time, " + settings.steps() + " steps each");
        var result = compare(recipes, world);
        AtomicFiles.write(folder.resolve("results.json"), DemoJson.of(result));
        return result;
    }

    private DemoResult compare(DemoRecipes recipes, DemoWorld world) {
        var optima = new LinkedHashMap<String, String>();
        optima.put("optimum-sft", "{name: optimum, objective: sft}");
        optima.put("optimum-preference", "{name: optimum, objective: preference}");
        var outcomes = runs.all("optima", recipes(recipes, optima, 0, 0));
        var sftOptimum = outcomes.get(0).lowestSft();
        var preferenceOptimum = outcomes.get(1).lowestPreference();
        outcomes.addAll(runs.all("methods", recipes(recipes, methods(), sftOptimum, preferenceOptimum)));
        var answers = new DemoAnswers(world.samplePrompts())
                .of(List.of("sft-then-preference", "preference-then-sft", "maxright"), this::model);
        return new DemoResult(
                sftOptimum,
                preferenceOptimum,
                outcomes.stream()
                        .map(run -> run.outcome(sftOptimum, preferenceOptimum))
                        .toList(),
                answers);
    }

    private Map<String, String> methods() {
        var lambda = settings.lambda();
        var result = new LinkedHashMap<String, String>();
        result.put("sft-then-preference", "{name: sequential, order: [sft, preference], split: 0.5}");
        result.put("preference-then-sft", "{name: sequential, order: [preference, sft], split: 0.5}");
        result.put("mix", "{name: mix, lambda: " + lambda + "}");
        result.put("alright", "{name: alright, lambda: " + lambda + "}");
        result.put("maxright", "{name: maxright, lambda: " + lambda + ", evaluate-every: 10}");
        return result;
    }

    private Map<String, String> recipes(
            DemoRecipes recipes, Map<String, String> methods, double sftOptimum, double preferenceOptimum) {
        var result = new LinkedHashMap<String, String>();
        methods.forEach((name, method) -> result.put(
                name,
                recipes.comparison(
                        folder.resolve("reference/final"), method, sftOptimum, preferenceOptimum, output(name))));
        return result;
    }

    private Path output(String name) {
        return folder.resolve("runs").resolve(name);
    }

    private Path model(String name) {
        return output(name).resolve("final");
    }
}

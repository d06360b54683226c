package dev.tandem.experiment;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.data.TextTokenizer;
import dev.tandem.experiment.world.DemoWorld;
import dev.tandem.experiment.world.SamplePrompt;
import dev.tandem.model.Generator;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.EvaluationEvent;
import dev.tandem.train.TrainingListener;
import dev.tandem.train.TrainingResult;
import dev.tandem.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The demo: a small world whose preferences pull against its instructions, a tiny model pre-trained on it, and every
 * method for the same number of steps, so that a person sees what sequential training forgets and joint training keeps.
 *
 * <p>All is made in one folder: {@code world/}, {@code untrained/}, {@code pretraining/}, {@code reference/}, and one
 * folder per run under {@code runs/}. Each run folder holds the recipe it was made with.
 */
public final class Demo {
    private static final String SFT = "sft";
    private static final String PREFERENCE = "preference";
    private static final int MAX_ANSWER_TOKENS = 40;
    private static final int LANES = 2;

    private final Path folder;
    private final DemoSettings settings;
    private final TrainingListener listener;
    private final BooleanSupplier stopRequested;

    /**
     * A demo to be made.
     *
     * @param folder where; must not exist yet
     * @param listener hears of every run; {@link TrainingListener#onMessage} announces the stages
     * @param stopRequested asked after every step; true ends the demo
     */
    public Demo(Path folder, DemoSettings settings, TrainingListener listener, BooleanSupplier stopRequested) {
        this.folder = folder;
        this.settings = settings;
        this.listener = listener;
        this.stopRequested = stopRequested;
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
        train(recipes.pretraining(untrained, tokens, folder.resolve("pretraining")), listener);
        listener.onMessage("Training the reference policy on the chosen answers");
        train(recipes.reference(folder.resolve("pretraining/final"), folder.resolve("reference")), listener);
        listener.onMessage("Running both optima and all methods, two at a time, " + settings.steps() + " steps each");
        return compare(recipes, world.samplePrompts());
    }

    private DemoResult compare(DemoRecipes recipes, List<SamplePrompt> prompts) {
        var alone = new LinkedHashMap<String, String>();
        alone.put("optimum-sft", "{name: optimum, objective: sft}");
        alone.put("optimum-preference", "{name: optimum, objective: preference}");
        var runs = new ArrayList<>(runs(recipes, alone, 0, 0));
        var sftOptimum = lowest(runs.get(0), SFT);
        var preferenceOptimum = lowest(runs.get(1), PREFERENCE);
        runs.addAll(runs(recipes, methods(), sftOptimum, preferenceOptimum));
        var outcomes = runs.stream()
                .map(run -> run.outcome(sftOptimum, preferenceOptimum))
                .toList();
        var result = new DemoResult(sftOptimum, preferenceOptimum, outcomes, answers(prompts));
        AtomicFiles.write(folder.resolve("results.json"), DemoJson.of(result));
        return result;
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

    /** Several runs, as many at once as there are lanes: a model this small cannot keep two cores busy. */
    private List<Run> runs(
            DemoRecipes recipes, Map<String, String> methods, double sftOptimum, double preferenceOptimum) {
        var lanes = Executors.newFixedThreadPool(
                Math.min(LANES, Runtime.getRuntime().availableProcessors()));
        try {
            var futures = methods.entrySet().stream()
                    .map(e -> lanes.submit(() -> run(recipes, e.getKey(), e.getValue(), sftOptimum, preferenceOptimum)))
                    .toList();
            var result = new ArrayList<Run>();
            for (var future : futures) {
                result.add(future.get());
            }
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("the demo was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            lanes.shutdownNow();
        }
    }

    private Run run(DemoRecipes recipes, String name, String method, double sftOptimum, double preferenceOptimum) {
        var evaluations = new ArrayList<EvaluationEvent>();
        var recorder = new TrainingListener() {
            @Override
            public void onEvaluation(EvaluationEvent event) {
                evaluations.add(event);
            }
        };
        var recipe = recipes.comparison(
                folder.resolve("reference/final"), method, sftOptimum, preferenceOptimum, output(name));
        var run = new Run(name, evaluations, train(recipe, recorder).seconds());
        say(run);
        return run;
    }

    /** One at a time: several runs may end together. */
    private synchronized void say(Run run) {
        var last = run.evaluations.get(run.evaluations.size() - 1);
        listener.onMessage(String.format(
                Locale.ROOT,
                "  %-20s SFT loss %.3f, DPO loss %.3f after %d steps (%.0f s)",
                run.name,
                value(SFT).applyAsDouble(last),
                value(PREFERENCE).applyAsDouble(last),
                last.step(),
                run.seconds));
    }

    private Path output(String name) {
        return folder.resolve("runs").resolve(name);
    }

    private TrainingResult train(String recipe, TrainingListener hearing) {
        var result = new TrainingRun(RecipeReader.parse(recipe, List.of()), false).train(hearing, stopRequested);
        if (result.reason() == TrainingResult.Reason.INTERRUPTED) {
            throw new CancellationException("the demo was stopped");
        }
        return result;
    }

    private static double lowest(Run run, String objective) {
        return run.evaluations.stream()
                .mapToDouble(value(objective))
                .min()
                .orElseThrow(() -> new IllegalStateException("no evaluation of " + objective));
    }

    private static ToDoubleFunction<EvaluationEvent> value(String objective) {
        return event -> Optional.ofNullable(event.losses().get(objective)).orElseThrow();
    }

    /** What the two sequential models and the MAXRIGHT model answer. */
    private List<DemoResult.Answers> answers(List<SamplePrompt> prompts) {
        var result = new ArrayList<DemoResult.Answers>();
        prompts.forEach(p -> result.add(new DemoResult.Answers(p.prompt(), Map.of())));
        for (var name : List.of("sft-then-preference", "preference-then-sft", "maxright")) {
            var model = output(name).resolve("final");
            try (var tokenizer = TextTokenizer.load(model);
                    var generator = Generator.open(model)) {
                for (var i = 0; i < prompts.size(); i++) {
                    var byRun = new LinkedHashMap<>(result.get(i).byRun());
                    byRun.put(name, answer(prompts.get(i).prompt(), tokenizer, generator));
                    result.set(i, new DemoResult.Answers(prompts.get(i).prompt(), byRun));
                }
            }
        }
        return result;
    }

    private static String answer(String prompt, TextTokenizer tokenizer, Generator generator) {
        var ids = generator.greedy(
                tokenizer.encodePrompt(DemoWorld.PROMPT_TEMPLATE.replace("{}", prompt)),
                MAX_ANSWER_TOKENS,
                tokenizer.endTokens());
        return tokenizer.decodeWithoutSpecialTokens(ids).strip();
    }

    private record Run(String name, List<EvaluationEvent> evaluations, double seconds) {

        RunOutcome outcome(double sftOptimum, double preferenceOptimum) {
            var last = evaluations.get(evaluations.size() - 1);
            var sftGap = value(SFT).applyAsDouble(last) - sftOptimum;
            var preferenceGap = value(PREFERENCE).applyAsDouble(last) - preferenceOptimum;
            return new RunOutcome(
                    name,
                    sftGap + sftOptimum,
                    sftGap,
                    preferenceGap + preferenceOptimum,
                    preferenceGap,
                    Optional.ofNullable(last.statistics().get(PREFERENCE + "/accuracy"))
                            .orElseThrow(),
                    Math.hypot(sftGap, preferenceGap),
                    seconds,
                    evaluations.stream()
                            .map(e -> new RunOutcome.Point(
                                    e.step(),
                                    value(SFT).applyAsDouble(e),
                                    value(PREFERENCE).applyAsDouble(e)))
                            .toList());
        }
    }
}

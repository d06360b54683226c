package dev.tandem.experiment.demo;

import dev.tandem.experiment.demo.world.DemoWorld;
import dev.tandem.experiment.demo.world.WorldFiles;
import java.nio.file.Path;
import java.util.Locale;

/** The demo's recipes, as a user would write them. */
final class DemoRecipes {
    private final WorldFiles world;
    private final DemoSettings settings;

    DemoRecipes(WorldFiles world, DemoSettings settings) {
        this.world = world;
        this.settings = settings;
    }

    /** Pre-training is an objective like any other: every token of a row is trained. */
    String pretraining(Path model, Path rows, Path output) {
        return format(
                """
                model: %s
                method: {name: single, objective: corpus}
                objectives:
                  corpus: {loss: sft, data: %s, eval-fraction: 0.01, format: tokens, max-length: %d, batch-size: 16}
                optimizer: {learning-rate: 3.0e-3, betas: [0.9, 0.95], weight-decay: 0.1, schedule: cosine, warmup-steps: 20}
                train: {steps: %d, device: cpu, seed: %d, evaluate-every: 0, checkpoint-every: 0}
                output: %s
                """,
                quoted(model),
                quoted(rows),
                DemoSettings.CONTEXT,
                settings.pretrainingSteps(),
                settings.seed(),
                quoted(output));
    }

    /** The comparison: references, optima, every method with every λ. */
    String comparison(Path model, Path output) {
        return format(
                """
                # The demo's comparison. Change it and run:  tandem compare %s
                model: %s
                objectives:
                  sft: {data: %s, eval-data: %s, format: alpaca, template: %s, max-length: %d, batch-size: 16}
                  preference: {loss: dpo, beta: 0.1, data: %s, eval-data: %s, format: preference, template: %s, max-length: %d, batch-size: 16}
                optimizer: {learning-rate: 1.0e-4, warmup-steps: 5}
                train: {steps: %d, device: cpu, threads: 1, seed: %d, evaluate-every: %d, eval-batch-size: 64}
                compare:
                  lambdas: %s
                  reference: {policy: chosen, steps: %d, learning-rate: 5.0e-4}
                  answers: {prompts: 4, tokens: 40}
                output: %s
                """,
                output.resolveSibling("comparison.yaml"),
                quoted(model),
                quoted(world.sftTrain()),
                quoted(world.sftEval()),
                quotedTemplate(),
                DemoSettings.CONTEXT,
                quoted(world.preferenceTrain()),
                quoted(world.preferenceEval()),
                quotedTemplate(),
                DemoSettings.CONTEXT,
                settings.steps(),
                settings.seed(),
                Math.max(1, settings.steps() / 8),
                settings.lambdas(),
                settings.referenceSteps(),
                quoted(output));
    }

    private static String format(String recipe, Object... values) {
        return String.format(Locale.ROOT, recipe, values);
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    private static String quotedTemplate() {
        return '"' + DemoWorld.PROMPT_TEMPLATE.replace("\n", "\\n") + '"';
    }
}

package dev.tandem.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Losses named by a recipe, on the same model and rows as TRL: loss and norm of the gradient of the first step. */
class GoldenLossesTest {
    private static final Path GOLDEN = Golden.directory("losses");
    private static final Percentage LOSS = Percentage.withPercentage(1e-2);
    private static final Percentage NORM = Percentage.withPercentage(1e-1);

    @TempDir
    Path folder;

    @BeforeEach
    void folders() throws IOException {
        for (var model : List.of("model", "reference")) {
            var directory = Files.createDirectories(folder.resolve(model));
            Files.copy(GOLDEN.resolve("config.json"), directory.resolve("config.json"));
            Files.copy(GOLDEN.resolve(model + ".safetensors"), directory.resolve("model.safetensors"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dpo.json | sigmoid-b0.1 | loss: dpo",
                "dpo.json | sigmoid-b0.5 | loss: dpo, beta: 0.5",
                "dpo.json | ipo-b0.1 | loss: ipo, average: tokens",
                "dpo.json | ipo-b0.5 | loss: ipo, beta: 0.5, average: tokens",
                "no_reference.json | simpo-pure-b2-g0.5 | loss: simpo",
                "no_reference.json | simpo-pure-b2.5-g1.4-e0.1 | loss: simpo, beta: 2.5, gamma: 1.4, label-smoothing: 0.1",
                "no_reference.json | simpo-default | 'loss: [simpo, sft], beta: 0.1'",
            })
    void pairs(String file, String name, String loss) throws IOException {
        var lines = new ArrayList<String>();
        Golden.json(GOLDEN.resolve("pairs.json")).get("pairs").forEach(row -> lines.add(row.toString()));
        Files.write(folder.resolve("rows.jsonl"), lines);
        var expected = Golden.json(GOLDEN.resolve(file)).get("cases").get(name);
        compare(expected, firstStep(loss, "model", "reference", lines.size()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kto-b0.1 | loss: kto | model | reference",
                "kto-b0.5-weights | loss: kto, beta: 0.5, desirable-weight: 1.33, undesirable-weight: 0.8 | model | reference",
                "kto-b0.1-exchanged | loss: kto | reference | model",
                "kto-b0.5-weights-exchanged | loss: kto, beta: 0.5, desirable-weight: 1.33, undesirable-weight: 0.8"
                        + " | reference | model",
            })
    void labelled(String name, String loss, String model, String reference) throws IOException {
        var expected = Golden.json(GOLDEN.resolve("kto.json")).get("cases").get(name);
        var lines = new ArrayList<String>();
        for (var row : expected.get("rows")) {
            var ids = row.get("prompt_ids").values().stream()
                    .map(Object::toString)
                    .collect(Collectors.toList());
            var prompt = ids.size();
            row.get("completion_ids").forEach(id -> ids.add(id.toString()));
            lines.add(String.format(
                    "{\"input_ids\": %s, \"prompt_length\": %d, \"label\": %s}", ids, prompt, row.get("label")));
        }
        Files.write(folder.resolve("rows.jsonl"), lines);
        var step = firstStep(loss, model, reference, lines.size());
        compare(expected, step);
        assertThat(step.statistics().get("preference/kl"))
                .isCloseTo(expected.get("z0").doubleValue(), within(1e-5));
    }

    private static void compare(JsonNode expected, StepEvent step) {
        assertThat(step.losses().get("preference"))
                .isCloseTo(expected.get("loss").doubleValue(), LOSS);
        assertThat(step.gradNorm()).isCloseTo(expected.get("grad_norm").doubleValue(), NORM);
    }

    /** @param loss keys of the objective, beside its data */
    private StepEvent firstStep(String loss, String model, String reference, int rows) {
        var yaml = String.format(
                """
                model: %s
                reference: {model: %s}
                method: {name: single, objective: preference}
                objectives:
                  preference: {%s, data: %s, eval-fraction: 0, format: tokens, batch-size: %d, shuffle: false}
                train: {steps: 1, device: cpu, threads: 1, evaluate-every: 0, checkpoint-every: 0}
                output: %s
                cache: none
                """,
                folder.resolve(model),
                folder.resolve(reference),
                loss,
                folder.resolve("rows.jsonl"),
                rows,
                folder.resolve("run"));
        var steps = new ArrayList<StepEvent>();
        new TrainingRun(RecipeReader.parse(yaml, List.of()), false)
                .train(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepEvent event) {
                                steps.add(event);
                            }
                        },
                        () -> false);
        return steps.get(0);
    }
}

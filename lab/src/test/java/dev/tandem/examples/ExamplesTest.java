package dev.tandem.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.inference.TinyTextModel;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.event.TrainingResult;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/library.md shows does what it says. */
class ExamplesTest {
    private static final String TEMPLATE = "User: {}\\nAssistant: ";

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void data() throws IOException {
        model = TinyTextModel.write(folder.resolve("model"));
        var answers = new ArrayList<String>();
        var pairs = new ArrayList<String>();
        for (var i = 0; i < 24; i++) {
            answers.add("{\"prompt\": \"say %d\", \"response\": \"the hill\"}".formatted(i));
            pairs.add("{\"prompt\": \"tell %d\", \"chosen\": \"the sea\", \"rejected\": \"a line\"}".formatted(i));
        }
        Files.write(folder.resolve("answers.jsonl"), answers);
        Files.write(folder.resolve("pairs.jsonl"), pairs);
    }

    private static String yaml(String output) {
        return """
                model: %s
                method: {name: mix, lambda: 0.5}
                objectives:
                  sft: {data: %s, eval-fraction: 0.2, format: sft, template: "%s", batch-size: 4}
                  preference: {data: %s, eval-fraction: 0.2, format: preference, template: "%s", batch-size: 2}
                lora: {rank: 4}
                optimizer: {learning-rate: 0.01}
                train: {steps: 30, device: cpu, evaluate-every: 6, checkpoint-every: 6}
                output: %s
                """.formatted(
                        model,
                        folder.resolve("answers.jsonl"),
                        TEMPLATE,
                        folder.resolve("pairs.jsonl"),
                        TEMPLATE,
                        folder.resolve(output));
    }

    private static Recipe recipe(String output, String... settings) {
        return RecipeReader.parse(yaml(output), List.of(settings));
    }

    @Test
    void trainsByARecipeAnswersAndScores() throws IOException {
        var told = new ArrayList<String>();
        var file = Files.writeString(folder.resolve("recipe.yaml"), yaml("run"));
        var result = TrainFromRecipe.train(file, told::add);
        assertThat(result.steps()).isEqualTo(12);
        assertThat(result.reason()).isEqualTo(TrainingResult.Reason.COMPLETED);
        assertThat(told).hasSize(12 + 3);
        assertThat(told.get(0)).startsWith("held out, after 0 steps: {sft=");
        assertThat(told.get(1)).startsWith("step 0 on {sft=");

        var answers = AnswerQuestions.ask(model, folder.resolve("run/final"), List.of("say 3", "say 99"));
        assertThat(answers).hasSize(2).allSatisfy(answer -> assertThat(answer).isNotEmpty());
        assertThat(AnswerQuestions.ask(model, folder.resolve("run/final"), List.of("say 99")))
                .containsExactly(answers.get(1));

        var scores = ScoreAnswers.score(model, folder.resolve("answers.jsonl"));
        assertThat(scores).hasSize(24).allSatisfy(score -> assertThat(score).isBetween(-100.0, 0.0));
    }

    @Test
    void trainsOnAnObjectiveOfItsOwn() throws IOException {
        var recipe = recipe("hinge");
        var result = ReplacedParts.withHinge(recipe, false).train(new TrainingListener() {}, () -> false);
        // before training every margin is 0
        assertThat(result.first().orElseThrow().losses().get("preference")).isCloseTo(1.0, within(1e-5));
        assertThat(result.last().orElseThrow().losses().get("preference")).isBetween(0.0, 0.9);
        assertThat(Files.readString(folder.resolve("hinge/recipe.yaml")))
                .startsWith("# In place of what this recipe says, a program brought its own\n"
                        + "#   objective preference: dev.tandem.examples.OwnParts$Hinge\n");
        assertThat(RecipeReader.read(folder.resolve("hinge/recipe.yaml"), List.of()))
                .isEqualTo(recipe);
        assertThat(Files.readString(folder.resolve("hinge/log.jsonl"))).contains("OwnParts$Hinge");
    }

    @Test
    void trainsByAMethodOfItsOwn() {
        var chosen = new ArrayList<String>();
        ReplacedParts.withWarmUp(recipe("warm", "train.steps=14"), false).train(steps(chosen), () -> false);
        assertThat(chosen.subList(0, 4)).containsOnly("sft");
        assertThat(chosen.subList(4, 14)).containsOnly("sft", "preference").contains("preference", "sft");
        assertThat(chosen.subList(4, 14).stream().filter("sft"::equals)).hasSize(5);
    }

    @Test
    void aRunGoesOnWithTheSamePartsAlone() {
        var recipe = recipe("stopped", "train.steps=8");
        var asked = new int[1];
        ReplacedParts.withHinge(recipe, false).train(new TrainingListener() {}, () -> ++asked[0] == 3);
        var again = new TrainingRun(recipe, true);
        assertThatThrownBy(() -> again.train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "was begun with a program's objective preference: dev.tandem.examples.OwnParts$Hinge")
                .hasMessageContaining("and would continue with the recipe's own objectives and method")
                .hasMessageContaining("Resume it from the program that began it");
        var chosen = new ArrayList<String>();
        var result = ReplacedParts.withHinge(recipe, true).train(steps(chosen), () -> false);
        assertThat(result.steps()).isEqualTo(8);
        assertThat(chosen).hasSize(5);
    }

    @Test
    void anObjectiveMustBeOneOfTheRecipesAndFitItsRows() {
        var run = new TrainingRun(recipe("unfit"), false);
        assertThatThrownBy(() -> run.withObjective("pairs", new OwnParts.Hinge(0.1, 1.0))
                        .train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessage("This program supplies a loss for the objective pairs, but the recipe has sft, preference."
                        + " Name one of these, or add it to the recipe's objectives.");
        assertThatThrownBy(() -> run.withObjective("sft", new OwnParts.Hinge(0.1, 1.0))
                        .train(new TrainingListener() {}, () -> false))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "Objective sft: the program's loss takes 2 responses an example, but with loss: sft"
                                + " the recipe reads one response. Write loss: dpo, ipo, cdpo");
        assertThat(folder.resolve("unfit")).doesNotExist();
    }

    private static TrainingListener steps(List<String> objectives) {
        return new TrainingListener() {
            @Override
            public void onStep(StepEvent event) {
                objectives.add(String.join("+", event.losses().keySet()));
            }
        };
    }
}

package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.ImplicitPreferenceFormat;
import dev.tandem.data.format.SftFormat;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.response.Sft;
import dev.tandem.recipe.OptimizerRecipe.Schedule;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.track.OnWriteFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {
    private static final List<String> TWO = List.of("sft", "preference");

    private static final String SMALL = """
            model: base
            method: {name: maxright, lambda: 0.5}
            objectives:
              sft: {data: a.jsonl, format: alpaca, batch-size: 12}
              preference: {data: b.jsonl, format: preference, batch-size: 4}
            train: {steps: 20}
            output: runs/a
            """;

    @TempDir
    Path folder;

    @Test
    void readsEveryKey() {
        var recipe = RecipeReader.parse("""
                model: path/to/model
                reference: {model: other, adapter: ref/adapter}
                method: {name: sequential, order: [preference, sft], stage-steps: [15, 5]}
                objectives:
                  sft:
                    data: [a.jsonl, {path: b.csv, columns: {response: answer}}]
                    eval-data: e.jsonl
                    format: sft
                    template: "User: {}\\nAssistant: "
                    max-length: 512
                    overlong: drop
                    max-samples: 24000
                    max-eval-samples: 500
                    batch-size: 12
                    micro-batch-size: 3
                    shuffle: false
                    optimum: 1.498
                  preference:
                    loss: cdpo
                    beta: 0.2
                    label-smoothing: 0.1
                    data: [{path: p.jsonl, weight: 0.7}, {path: q.parquet, weight: 0.3}]
                    eval-fraction: 0.1
                    format: implicit-preference
                    batch-tokens: 8192
                    length-grouping-window: 64
                    optimum: -0.5
                lora: {rank: 32, alpha: 16, dropout: 0.1, targets: [q_proj, v_proj], from: start}
                optimizer: {learning-rate: 5e-5, betas: [0.8, 0.9], eps: 1.0e-6, weight-decay: 0.1, max-grad-norm: 0, schedule: cosine, warmup-steps: 7}
                train: {steps: 20, device: cuda:1, precision: bf16, seed: -3, evaluate-every: 0, eval-batch-size: 16,
                        checkpoint-every: 0, keep-checkpoints: 3, on-write-failure: continue, threads: 2, head-tile-tokens: 64, micro-batch-tokens: 4096,
                        checkpoint-activations: true, zero-stage: 2, shared-prompts: false, early-stop: {gap: 0.01, front: [[1.5, 0.1], [1.6, 0.05]]}}
                output: runs/full
                cache: kept
                """, List.of());
        assertThat(recipe.model()).isEqualTo(Path.of("path/to/model"));
        assertThat(recipe.reference())
                .contains(new ReferenceRecipe(Optional.of(Path.of("other")), Optional.of(Path.of("ref/adapter"))));
        assertThat(recipe.method())
                .isEqualTo(new Sequential.Settings(
                        List.of("preference", "sft"), Optional.empty(), Optional.of(List.of(15, 5))));
        assertThat(recipe.objectives().keySet()).containsExactly("sft", "preference");
        assertThat(recipe.objectives().get("sft"))
                .isEqualTo(new ObjectiveRecipe(
                        Sft.recipe(),
                        new DataRecipe(
                                RowShape.RESPONSE,
                                List.of(
                                        new DataSource(Path.of("a.jsonl"), OptionalDouble.empty(), Map.of()),
                                        new DataSource(
                                                Path.of("b.csv"),
                                                OptionalDouble.empty(),
                                                Map.of("response", "answer"))),
                                List.of(new DataSource(Path.of("e.jsonl"), OptionalDouble.empty(), Map.of())),
                                0.03,
                                new SftFormat(),
                                Optional.of("User: {}\nAssistant: "),
                                512,
                                Overlong.DROP,
                                OptionalInt.of(24_000),
                                OptionalInt.of(500),
                                new Batching.Examples(12),
                                false),
                        OptionalInt.of(3),
                        OptionalDouble.of(1.498)));
        assertThat(recipe.objectives().get("preference"))
                .isEqualTo(new ObjectiveRecipe(
                        new LossRecipe("cdpo", Map.of("beta", 0.2, "label-smoothing", 0.1), new Dpo(0.2, 0.1)),
                        new DataRecipe(
                                RowShape.PAIR,
                                List.of(
                                        new DataSource(Path.of("p.jsonl"), OptionalDouble.of(0.7), Map.of()),
                                        new DataSource(Path.of("q.parquet"), OptionalDouble.of(0.3), Map.of())),
                                List.of(),
                                0.1,
                                new ImplicitPreferenceFormat(),
                                Optional.empty(),
                                2048,
                                Overlong.TRUNCATE,
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                new Batching.Tokens(8192, 64),
                                true),
                        OptionalInt.empty(),
                        OptionalDouble.of(-0.5)));
        assertThat(recipe.lora())
                .contains(new LoraRecipe(
                        OptionalInt.of(32),
                        OptionalDouble.of(16),
                        0.1,
                        List.of("q_proj", "v_proj"),
                        Optional.of(Path.of("start"))));
        assertThat(recipe.optimizer())
                .isEqualTo(new OptimizerRecipe(5e-5, List.of(0.8, 0.9), 1e-6, 0.1, 0, Schedule.COSINE, 7));
        assertThat(recipe.train())
                .isEqualTo(new TrainRecipe(
                        20,
                        "cuda:1",
                        Precision.BF16,
                        -3,
                        0,
                        16,
                        0,
                        5,
                        3,
                        OnWriteFailure.CONTINUE,
                        OptionalInt.of(2),
                        OptionalInt.of(64),
                        OptionalInt.of(4096),
                        true,
                        ZeroStage.GRADIENTS,
                        false,
                        Optional.of(new TrainRecipe.EarlyStop(
                                OptionalDouble.of(0.01), List.of(List.of(1.5, 0.1), List.of(1.6, 0.05))))));
        assertThat(recipe.output()).isEqualTo(Path.of("runs/full"));
        assertThat(recipe.cache()).contains(Path.of("kept"));
    }

    @Test
    void fillsInDefaults() {
        var recipe = RecipeReader.parse(SMALL, List.of());
        assertThat(recipe.reference()).isEmpty();
        assertThat(recipe.lora()).isEmpty();
        assertThat(recipe.method())
                .isEqualTo(new Maxright.Settings(
                        ObjectiveWeights.ofPreference(TWO, 0.5), 10, Maxright.ProbeBatch.SEPARATE, 0.9));
        assertThat(recipe.optimizer())
                .isEqualTo(new OptimizerRecipe(5e-5, List.of(0.9, 0.95), 1e-8, 0, 1, Schedule.CONSTANT, 0));
        assertThat(recipe.train())
                .isEqualTo(new TrainRecipe(
                        20,
                        "auto",
                        Precision.FP32,
                        42,
                        100,
                        8,
                        500,
                        5,
                        2,
                        OnWriteFailure.STOP,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        false,
                        ZeroStage.NOTHING,
                        true,
                        Optional.empty()));
        assertThat(recipe.cache()).contains(recipe.output().resolveSibling(".tandem-cache"));
        assertThat(RecipeReader.parse(SMALL + "cache: none", List.of()).cache()).isEmpty();
        var preference = recipe.objectives().get("preference");
        assertThat(preference.loss()).isEqualTo(new LossRecipe("dpo", Map.of("beta", 0.1), new Dpo(0.1)));
        assertThat(preference.data().evalFraction()).isEqualTo(0.03);
        assertThat(preference.data().shuffle()).isTrue();
        assertThat(RecipeReader.parse(SMALL + "lora: {rank: 8}", List.of()).lora())
                .contains(LoraRecipe.of(8));
    }

    /** Recipes of earlier versions were written with rank 1, whatever the adapter's rank. */
    @Test
    void anAdapterToStartWithDecidesItsRank() {
        var recipe = RecipeReader.parse(SMALL + "lora: {init-from: a}", List.of());
        assertThat(recipe.lora().orElseThrow().rank()).isEmpty();
        assertThat(recipe.lora().orElseThrow().alpha()).isEmpty();
        assertThat(RecipeReader.write(recipe)).doesNotContain("rank", "alpha", "targets");
        var earlier = RecipeReader.parse(SMALL + "lora: {rank: 1, alpha: 1.0, from: a}", List.of());
        assertThat(RecipeChanges.between(earlier, recipe).all()).isEmpty();
        assertThat(earlier.lora().orElseThrow().contradicts(8, 16.0, Set.of("q_proj")))
                .isFalse();
        assertThat(recipe.lora().orElseThrow().contradicts(8, 16.0, Set.of("q_proj")))
                .isFalse();
        var given = RecipeReader.parse(SMALL + "lora: {rank: 8, init-from: a}", List.of())
                .lora()
                .orElseThrow();
        assertThat(given.contradicts(8, 8.0, Set.of("q_proj"))).isFalse();
        assertThat(given.contradicts(8, 16.0, Set.of("q_proj"))).isTrue();
        assertThat(given.contradicts(4, 8.0, Set.of("q_proj"))).isTrue();
        var targets = RecipeReader.parse(SMALL + "lora: {targets: [q_proj], init-from: a}", List.of());
        assertThat(targets.lora().orElseThrow().contradicts(4, 8.0, Set.of("q_proj")))
                .isFalse();
        assertThat(targets.lora().orElseThrow().contradicts(4, 8.0, Set.of("q_proj", "v_proj")))
                .isTrue();
    }

    @Test
    void batchesAreOfExamplesOrOfTokens() {
        assertThat(RecipeReader.parse(SMALL, List.of())
                        .objectives()
                        .get("sft")
                        .data()
                        .batching())
                .isEqualTo(new Batching.Examples(12));
        var byTokens = RecipeReader.parse(
                SMALL,
                List.of(
                        "objectives.sft.batch-size=",
                        "objectives.sft.batch-tokens=100",
                        "objectives.sft.micro-batch-size=13"));
        assertThat(byTokens.objectives().get("sft").data().batching()).isEqualTo(new Batching.Tokens(100, 256));
        var both = SMALL.replace("batch-size: 12", "batch-tokens: 100, batch-size: 12");
        assertThatThrownBy(() -> RecipeReader.parse(both, List.of()))
                .hasMessage("recipe:4: objectives.sft.batch-tokens: give batch-size or batch-tokens, not both.");
    }

    @Test
    void overridesTakeThePlaceOfKeysAndMakeNewOnes() {
        var recipe = RecipeReader.parse(
                SMALL,
                List.of(
                        "train.steps=7",
                        "method={name: mix, lambda: 0.25}",
                        "lora.rank=4",
                        "objectives.sft.data=[x.jsonl, y.jsonl]",
                        "output=runs/b=c"));
        assertThat(recipe.train().steps()).isEqualTo(7);
        assertThat(recipe.method()).isEqualTo(new Mix.Settings(ObjectiveWeights.ofPreference(TWO, 0.25)));
        assertThat(recipe.lora()).map(LoraRecipe::rank).contains(OptionalInt.of(4));
        assertThat(recipe.objectives().get("sft").data().sources())
                .map(DataSource::path)
                .containsExactly(Path.of("x.jsonl"), Path.of("y.jsonl"));
        assertThat(recipe.output()).isEqualTo(Path.of("runs/b=c"));
    }

    @Test
    void weightsTakeLambdasPlace() {
        var recipe = RecipeReader.parse(
                SMALL,
                List.of(
                        "method={name: alright, draws: balanced, weights: {sft: 0.2, preference: 0.3, safety: 0.5}}",
                        "objectives.safety={loss: ipo, data: c.jsonl, format: tokens, batch-size: 1}"));
        assertThat(recipe.method())
                .isEqualTo(new Alright.Settings(
                        ObjectiveWeights.of(List.of("sft", "preference", "safety"), 0.2, 0.3, 0.5),
                        Alright.Draws.BALANCED));
    }

    /** Written by hand they need not sum to one to the last digit, in the recipe or in the method. */
    @Test
    void threeRoundedThirdsAreWeights() {
        var thirds = "{sft: 0.333333, preference: 0.333333, safety: 0.333333}";
        for (var method : List.of("mix", "alright", "maxright")) {
            var recipe = RecipeReader.parse(
                    SMALL,
                    List.of(
                            "method={name: " + method + ", weights: " + thirds + "}",
                            "objectives.safety={loss: ipo, data: c.jsonl, format: tokens, batch-size: 1}"));
            assertThat(RecipeReader.parse(RecipeReader.write(recipe), List.of()))
                    .isEqualTo(recipe);
        }
    }

    @Test
    void tellsFileLineKeyAndTheNearestKnownKey() throws IOException {
        var file = folder.resolve("r.yaml");
        Files.writeString(file, SMALL.replace("train: {steps: 20}", "train: {steps: 20, sede: 3}"));
        assertThatThrownBy(() -> RecipeReader.read(file, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(file + ":6: train.sede: unknown key; did you mean seed? Known: device, steps");
        assertThatThrownBy(() -> RecipeReader.parse(SMALL, List.of("objectives.sft.max-lenght=3")))
                .hasMessageStartingWith("recipe: objectives.sft.max-lenght: unknown key; did you mean max-length?");
        assertThatThrownBy(() -> RecipeReader.parse("modle: a\n" + SMALL, List.of()))
                .hasMessageStartingWith("recipe:1: modle: unknown key; did you mean model?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "train.steps=0 | train.steps: a whole number ≥ 1 is expected, but this is '0'",
                "train.steps=10.0 | whole number",
                "train.steps='10' | but this is the text '10'",
                "train.steps=99999999999 | whole number",
                "train.steps= | train.steps is missing",
                "train.steps=[1] | but this is a list",
                "train.device=gpu | auto, cpu, cuda or cuda:n is expected",
                "train.precision=fp8 | 'fp8' is not known; did you mean fp32? Known: fp32, bf16",
                "train.precision=bf1 | did you mean bf16?",
                "train.early-stop={} | needs a gap, a front, or both",
                "train.early-stop.front=[[1.0]] | a point is a list of 2 losses",
                "method.lambda=1.5 | a number from 0 to 1 is expected",
                "method.lambda='0.5' | but this is the text '0.5'",
                "method.lambda=.nan | a number from 0 to 1",
                "method.lambda= | the method needs lambda",
                "method.weights={sft: 0.5, preference: 0.5} | give lambda or weights, not both",
                "method.name=maxrigth | did you mean maxright?",
                "method={name: mix, weights: {sft: 0.5, preference: 0.6}} | must sum to 1",
                "method={name: mix, weights: {sft: 0.5, other: 0.5}} | every objective a weight",
                "method={name: sequential, order: [sft]} | every objective once",
                "method={name: sequential, order: [sft, preference], stage-steps: [1, 2]} | 20 (train.steps) together",
                "method={name: sequential, order: [sft, preference], split: 1} | between 0 and 1",
                "method={name: single, objective: stf} | did you mean sft?",
                "objectives.preference.format=alpaca | are single responses",
                "objectives.preference.label-smoothing=0.5 | from 0 to below 0.5",
                "objectives.preference.loss=cdpo | needs it above 0",
                "objectives.sft.label-smoothing=0.1 | loss: sft has no label-smoothing; dpo, cdpo",
                "objectives.sft.template=none | {} exactly once",
                "objectives.sft.micro-batch-size=13 | from 1 to 12",
                "objectives.sft.batch-size= | objectives.sft.batch-size is missing",
                "objectives.sft.batch-tokens=100 | objectives.sft.batch-tokens: give batch-size or batch-tokens, not both",
                "objectives.sft.batch-tokens=0 | objectives.sft.batch-tokens: a whole number ≥ 1 is expected",
                "objectives.sft.length-grouping-window=8 | objectives.sft.length-grouping-window: only batch-tokens has it",
                "objectives.sft.length-grouping-window=0 | a whole number from 1 to 1000000 is expected",
                "objectives.sft.data=[] | the list must not be empty",
                "objectives.sft.data=[{path: a, weight: 1}, b] | either all files have a weight, or none",
                "objectives.sft.eval-data=[{path: a, weight: 1}] | have no weight",
                "objectives.sft.data={weight: 1} | data.path is missing",
                "objectives.sft.shuffle=yes | true or false is expected",
                "objectives.other={data: a, format: tokens, batch-size: 1} | must name its loss",
                "objectives={sft: {data: a, format: sft, batch-size: 1}} | needs two or more objectives",
                "lora={alpha: 3} | lora.rank: it is missing",
                "lora=8 | a mapping of keys is expected",
                "optimizer.betas=[0.9] | two numbers are expected",
                "optimizer.learning-rate=1e999 | a number above 0",
                "optimizer.schedule=linaer | did you mean linear?",
                "reference={} | a reference needs",
                "model=hf://pythia-1b | has no owner and name",
                "output=hf://EleutherAI/pythia-1b | a folder of this machine is expected",
                "model.name=a | where a mapping with the key 'name' would have to be",
                "no-equals | KEY=VALUE is expected",
            })
    void refusesWithAReason(String override, String reason) {
        assertThatThrownBy(() -> RecipeReader.parse(SMALL, List.of(override)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing",
                "- a\n- b",
                "model: a\nmodel: b",
                "model: [a",
                "model: a\n\tmethod: b",
                "a: 1\n---\nb: 2",
                "a: &a [*a]",
                "? [a, b]\n: c",
                "\u0000",
            })
    void refusesWhatIsNoRecipe(String yaml) {
        assertThatThrownBy(() -> RecipeReader.parse(yaml, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("recipe");
    }

    @Test
    void refusesNestingWithoutEnd() {
        var deep = "a: " + "[".repeat(2_000) + "]".repeat(2_000);
        assertThatThrownBy(() -> RecipeReader.parse(deep, List.of())).isInstanceOf(UserException.class);
    }

    @Test
    void messagesHoldNoControlCharacters() {
        assertThatThrownBy(() -> RecipeReader.parse(SMALL, List.of("train.device=\"\\e[31mred\\a\"")))
                .satisfies(e -> assertThat(e.getMessage().chars().anyMatch(c -> c < ' '))
                        .isFalse());
        assertThatThrownBy(() -> RecipeReader.parse("\"\\e[31m\": 1\n" + SMALL, List.of()))
                .satisfies(e -> assertThat(e.getMessage().chars().anyMatch(c -> c < ' '))
                        .isFalse());
    }

    @Test
    void tellsOfMissingAndUnreadableFiles() throws IOException {
        assertThatThrownBy(() -> RecipeReader.read(folder.resolve("none.yaml"), List.of()))
                .hasMessageContaining("There is no recipe");
        assertThatThrownBy(() -> RecipeReader.read(folder, List.of())).isInstanceOf(UserException.class);
        var latin = folder.resolve("latin.yaml");
        Files.write(latin, new byte[] {'a', ':', ' ', (byte) 0xe9});
        assertThatThrownBy(() -> RecipeReader.read(latin, List.of())).hasMessageContaining("not UTF-8");
    }

    @Test
    void theRecipesThatComeWithTandemAreValid() throws IOException {
        try (var files = Files.list(Path.of("..", "recipes"))) {
            var recipes = files.filter(p -> p.toString().endsWith(".yaml")).toList();
            assertThat(recipes).isNotEmpty().allSatisfy(p -> RecipeReader.read(p, List.of()));
        }
    }
}

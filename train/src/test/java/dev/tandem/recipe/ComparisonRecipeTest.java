package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.recipe.ComparisonRecipe.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonRecipeTest {
    private static final String SMALL = """
            model: base
            objectives:
              sft: {data: a.jsonl, format: alpaca, batch-size: 12}
              preference: {data: b.jsonl, format: preference, batch-size: 4}
            train: {steps: 20, seed: 5}
            output: runs/a
            """;

    @Test
    void everythingHasADefault() {
        var recipe = RecipeReader.parseComparison(SMALL, List.of());
        assertThat(recipe.methods())
                .map(ComparedMethod::name)
                .containsExactly("sequential-sft-first", "sequential-preference-first", "mix", "alright", "maxright");
        assertThat(recipe.lambdas()).containsExactly(0.25, 0.5, 0.75);
        assertThat(recipe.seeds()).containsExactly(5L);
        assertThat(recipe.instructions()).isEqualTo("sft");
        assertThat(recipe.reference().policy()).isEqualTo(Policy.CHOSEN);
        assertThat(recipe.reference().steps()).isEqualTo(20);
        assertThat(recipe.reference().start()).isTrue();
        assertThat(recipe.optimumSteps()).isEqualTo(20);
        assertThat(recipe.hypervolumeReference()).isEmpty();
    }

    @Test
    void readsEveryKey() {
        var recipe = RecipeReader.parseComparison(SMALL + """
                        compare:
                          methods: [maxright, sequential-preference-first]
                          lambdas: [0.1]
                          seeds: [9]
                          reference: {policy: sft, steps: 7, learning-rate: 1.0e-3, start: true}
                          optimum-steps: 30
                          evaluate-every: 4
                          draws: balanced
                          hypervolume-reference: {sft: 2, preference: 0.8}
                          answers: {prompts: 0, tokens: 8}
                        """, List.of());
        var weights = ObjectiveWeights.ofPreference(List.of("sft", "preference"), 0.1);
        assertThat(recipe.methods())
                .containsExactly(
                        new ComparedMethod(
                                "maxright",
                                Map.of(0.1, new Maxright.Settings(weights, 4, Maxright.ProbeBatch.SEPARATE, 0.9))),
                        new ComparedMethod(
                                "sequential-preference-first",
                                Map.of(
                                        0.1,
                                        new Sequential.Settings(
                                                List.of("preference", "sft"), Optional.of(0.1), Optional.empty()))));
        assertThat(recipe.reference().learningRate()).hasValue(1e-3);
        assertThat(recipe.reference().start()).isTrue();
        assertThat(recipe.hypervolumeReference()).contains(Map.of("sft", 2.0, "preference", 0.8));
        assertThat(recipe.answers().prompts()).isZero();
        var written = RecipeReader.parseComparison(RecipeReader.write(recipe), List.of());
        assertThat(written)
                .usingRecursiveComparison()
                .ignoringFields("base.method")
                .isEqualTo(recipe);
    }

    @Test
    void methodsAreNamesOrSectionsWithSettings() {
        var recipe = RecipeReader.parseComparison(SMALL + """
                        compare:
                          methods:
                          - mix
                          - {name: maxright, probe-every: 5}
                          - {name: maxright, as: maxright-last, smoothing: 0, probe: next}
                          - {name: sequential, order: [preference, sft]}
                          - alright
                          lambdas: [0.25, 0.5]
                          evaluate-every: 7
                          draws: balanced
                        """, List.of());
        assertThat(recipe.methods())
                .map(method -> method.name() + " " + method.at(0.25).settings())
                .containsExactly(
                        "mix {lambda=0.25}",
                        "maxright {lambda=0.25, probe-every=5, probe=separate, smoothing=0.9}",
                        "maxright-last {lambda=0.25, probe-every=7, probe=next, smoothing=0.0}",
                        "sequential {order=[preference, sft], split=0.25}",
                        "alright {lambda=0.25, draws=balanced}");
        assertThat(recipe.methods().get(4).at(0.5).settings()).containsEntry("lambda", 0.5);
        var written = RecipeReader.write(recipe);
        assertThat(written).contains("as: maxright-last", "- mix").doesNotContain("split");
        assertThat(RecipeReader.parseComparison(written, List.of()).methods()).isEqualTo(recipe.methods());
    }

    private static final String BENCHMARKS = """
            compare:
              benchmarks:
                mmlu: {kind: multiple-choice, data: mmlu/test, dev: mmlu/dev}
                wins: {kind: win-rate, prompts: p.jsonl, against: reference}
                other:
                  kind: win-rate
                  prompts: p.jsonl
                  against: answers.json
                  by: log-prob-per-token
                  model: judge
                  adapter: judge-adapter
                  format: sft
                  template: "Q: {}"
                  columns: {prompt: question}
                  max-length: 99
                  max-new-tokens: 7
                  temperature: 0.5
                  top-k: 3
                  top-p: 0.9
                  min-p: 0.1
                  repetition-penalty: 1.1
                  stop: ["a", "b"]
                  seed: 5
                  batch-size: 2
                judged:
                  kind: win-rate
                  prompts: p.jsonl
                  against: reference
                  by: judge
                  judge: {model: m, url: "http://localhost:1/v1", weighted: true, parallel: 2, price-in: 1, price-out: 2, max-cost: 3}
            """;

    @Test
    void benchmarksHaveDefaultsAndReadBackAsTheyWereWritten() {
        var recipe = RecipeReader.parseComparison(
                SMALL + BENCHMARKS, List.of("objectives.sft.template='User: {}'", "compare.lambdas=[0.5]"));
        assertThat(recipe.benchmarks()).containsOnlyKeys("mmlu", "wins", "other", "judged");
        assertThat(recipe.benchmarks().get("mmlu"))
                .isEqualTo(new BenchmarkRecipe.MultipleChoice(
                        Path.of("mmlu/test"), Optional.of(Path.of("mmlu/dev")), 5, BenchmarkRecipe.Score.LETTER));
        var wins = (BenchmarkRecipe.WinRate) recipe.benchmarks().get("wins");
        assertThat(wins.against()).isEmpty();
        assertThat(wins.by()).isEqualTo(BenchmarkRecipe.By.REWARD);
        assertThat(wins.template()).contains("User: {}");
        assertThat(wins.generation().maxNewTokens()).isEqualTo(256);
        var other = (BenchmarkRecipe.WinRate) recipe.benchmarks().get("other");
        assertThat(other.template()).contains("Q: {}");
        assertThat(other.generation())
                .isEqualTo(new BenchmarkRecipe.Generation(7, 0.5, 3, 0.9, 0.1, 1.1, List.of("a", "b"), 5, 2));
        var written = RecipeReader.write(recipe);
        assertThat(written).contains("against: reference", "by: reward", "repetition-penalty: 1.0", "score: letter");
        assertThat(RecipeReader.parseComparison(written, List.of()).benchmarks())
                .isEqualTo(recipe.benchmarks());
        assertThat(recipe.mapPaths(path -> Path.of("here").resolve(path))
                        .benchmarks()
                        .get("other"))
                .extracting("prompts", "model")
                .containsExactly(Path.of("here/p.jsonl"), Optional.of(Path.of("here/judge")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mmlu.kind=multiple-choise | did you mean multiple-choice?",
                "mmlu.shot=1 | did you mean shots?",
                "mmlu.dev= | needs nothing",
                "mmlu.score=word | Known: letter, text",
                "mmlu.prompts=x | unknown key",
                "wins.against= | compare.benchmarks.wins.against is missing",
                "wins.model=x | rewards are those of the run optimum-preference",
                "other.model= | needs a model",
                "other.top-p=0 | above 0, at most 1",
                "other.temperature=-1 | from 0 to 100",
                "other.format=preference | conversation, alpaca or sft",
                "other.format=conversation | conversations take none",
                "other.template=Q | exactly once",
                "wins.by=judge | judge: {model: NAME",
                "judged.by=reward | the others have none",
                "judged.judge.modell=x | did you mean model?",
                "judged.judge.price-in= | only with price-in and price-out",
                "judged.model=x | is given under judge",
                "other.batch-size=0 | from 1 to 1024",
            })
    void mistakesInBenchmarksAreNamed(String override, String message) {
        var key = "compare.benchmarks." + override;
        if (message.equals("needs nothing")) {
            assertThat(RecipeReader.parseComparison(SMALL + BENCHMARKS, List.of(key))
                            .benchmarks()
                            .get("mmlu"))
                    .extracting("shots")
                    .isEqualTo(0);
            return;
        }
        assertThatThrownBy(() -> RecipeReader.parseComparison(SMALL + BENCHMARKS, List.of(key)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shotsNeedQuestionsToShow() {
        assertThatThrownBy(() -> RecipeReader.parseComparison(
                        SMALL + BENCHMARKS, List.of("compare.benchmarks.mmlu.dev=", "compare.benchmarks.mmlu.shots=2")))
                .hasMessageContaining("name their file with dev");
    }

    @Test
    void oneFileServesRunsAndComparisons() {
        var both = SMALL + "method: {name: mix, lambda: 0.5}\ncompare: {lambdas: [0.5]}\n";
        assertThat(RecipeReader.parse(both, List.of()).method()).isInstanceOf(Mix.Settings.class);
        assertThat(RecipeReader.parseComparison(both, List.of()).lambdas()).containsExactly(0.5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compare.lambda=0.5 | did you mean lambdas?",
                "compare.lambdas=[0.5, 1] | compare.lambdas: a number between 0 and 1 is expected",
                "compare.lambdas=[0.5, 0.5] | every value may be given only once",
                "compare.methods=[maxrihgt] | did you mean maxright?",
                "compare.methods=[mix, mix] | every value may be given only once",
                "compare.methods=[single] | single has no weights",
                "compare.methods=[{name: mix, lambda: 0.5}] | compare.methods.lambda: the weights of a comparison are its lambdas",
                "compare.methods=[{name: sequential, split: 0.5}] | compare.methods.split: the weights of",
                "compare.methods=[{name: mix, draws: balanced}] | compare.methods.draws: unknown key",
                "compare.methods=[{name: alright, draws: fair}] | compare.methods.draws: 'fair' is not known",
                "compare.methods=[{name: alright, as: optimum-x}] | compare.methods.as: small letters",
                "compare={methods: [mix], draws: fair} | compare.draws: 'fair' is not known",
                "compare.evaluate-every=0 | compare.evaluate-every: a whole number ≥ 1",
                "compare.seeds=[1, 2] | every objective needs eval-data",
                "compare.reference.policy=given | it names none",
                "reference.model=other | ",
                "compare.hypervolume-reference.sft=2 | a loss of every objective is expected",
                "objectives.preference.loss=sft | one called preference with loss: dpo",
                "objectives.third={loss: sft, data: c.jsonl, format: sft, batch-size: 1} | a comparison is between two",
                "objectives.preference.format=tokens | rows of format tokens hold no chosen answers",
            })
    void mistakesAreNamed(String override, String message) {
        if (message == null) {
            assertThat(RecipeReader.parseComparison(SMALL, List.of(override))
                            .reference()
                            .policy())
                    .isEqualTo(Policy.GIVEN);
            return;
        }
        assertThatThrownBy(() -> RecipeReader.parseComparison(SMALL, List.of(override)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message);
    }
}

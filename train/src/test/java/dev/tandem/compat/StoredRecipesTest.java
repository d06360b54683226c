package dev.tandem.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Recipes in the words of an earlier version are read and keep their meaning: every key and every value that has a name.
 * The meaning is found in the recipe as it is written back, where a key may have a newer name by now.
 */
class StoredRecipesTest {
    private static final Path RECIPES = Path.of("../testdata/stored/2b7a59d/recipes");

    @Test
    void everyKeyOfARunIsUnderstood() {
        var run = Written.of(RecipeReader.write(RecipeReader.read(RECIPES.resolve("every-key.yaml"), List.of())));
        run.has("/stored/model", "model");
        run.has("/stored/model", "reference.model");
        run.has("/stored/finished/alright/final", "reference.adapter");
        run.has("maxright", "method.name");
        run.has("0.25", "method.lambda");
        run.has("7", "method.evaluate-every", "method.probe-every");
        run.has("next-batch|next", "method.evaluate-on", "method.probe");
        run.has("0.3", "method.smoothing");
        run.has("sft", "objectives.sft.loss");
        run.has("/stored/data/sft.jsonl", "objectives.sft.data[0].path");
        run.has("0.75", "objectives.sft.data[0].weight");
        run.has("output", "objectives.sft.data[0].columns.response");
        run.has("/stored/data/chat.jsonl", "objectives.sft.data[1].path");
        run.has("0.25", "objectives.sft.data[1].weight");
        run.has("0.2", "objectives.sft.eval-share", "objectives.sft.eval-fraction");
        run.has("sft", "objectives.sft.format");
        run.has("Q: \\{}\nA: ", "objectives.sft.template");
        run.has("96", "objectives.sft.max-length");
        run.has("cut|truncate", "objectives.sft.overlong");
        run.has("20", "objectives.sft.max-samples");
        run.has("5", "objectives.sft.max-eval-samples");
        run.has("300", "objectives.sft.batch-tokens");
        run.has("8", "objectives.sft.length-window", "objectives.sft.length-grouping-window");
        run.has("2", "objectives.sft.micro-batch-size");
        run.has("false", "objectives.sft.shuffle");
        run.has("1.25", "objectives.sft.optimum");
        run.has("cdpo", "objectives.preference.loss");
        run.has("0.2", "objectives.preference.beta");
        run.has("0.15", "objectives.preference.label-smoothing");
        run.has("/stored/data/preference.jsonl", "objectives.preference.data[0].path");
        run.has("/stored/data/preference_eval.jsonl", "objectives.preference.eval-data[0].path");
        run.has("preference", "objectives.preference.format");
        run.has("drop", "objectives.preference.overlong");
        run.has("3", "objectives.preference.batch-size");
        run.has("3", "lora.rank");
        run.has("6.0", "lora.alpha");
        run.has("0.1", "lora.dropout");
        run.has("\\[q_proj, v_proj]", "lora.targets");
        run.has("/stored/finished/alright/final", "lora.from", "lora.init-from");
        run.has("0.02", "optimizer.learning-rate");
        run.has("\\[0.8, 0.99]", "optimizer.betas");
        run.has("1.0E-7", "optimizer.eps");
        run.has("0.1", "optimizer.weight-decay");
        run.has("0.5", "optimizer.max-grad-norm");
        run.has("cosine", "optimizer.schedule");
        run.has("2", "optimizer.warmup-steps");
        run.has("12", "train.steps");
        run.has("cpu", "train.device");
        run.has("bf16", "train.precision");
        run.has("7", "train.seed");
        run.has("4", "train.evaluate-every");
        run.has("5", "train.eval-batch-size");
        run.has("6", "train.checkpoint-every");
        run.has("3", "train.max-skipped-steps", "train.max-consecutive-skips");
        run.has("4", "train.keep-checkpoints");
        run.has("continue", "train.on-full-disk", "train.on-write-failure");
        run.has("2", "train.threads");
        run.has("50", "train.head-chunk", "train.head-tile-tokens");
        run.has("400", "train.micro-batch-tokens");
        run.has("true", "train.checkpoint-activations");
        run.has("2", "train.zero-stage");
        run.has("false", "train.shared-prompts");
        run.has("0.25", "train.early-stop.gap");
        run.has("\\[\\[1.0, 0.5]]", "train.early-stop.front");
        run.has("/stored/any", "output");
        run.has("none", "cache");
        run.has("\\[jsonl, tensorboard]", "trackers"); // a new key, with its default
        run.hasNothingElse();
    }

    @Test
    void everyKeyOfAComparisonIsUnderstood() {
        var written =
                RecipeReader.write(RecipeReader.readComparison(RECIPES.resolve("every-compare-key.yaml"), List.of()));
        var run = Written.of(written);
        run.has("sequential-sft-first", "compare.methods[0]");
        run.has("sequential-preference-first", "compare.methods[1]");
        run.has("mix", "compare.methods[2]");
        run.has("alright", "compare.methods[3].name");
        run.has("maxright", "compare.methods[4].name");
        run.has("\\[0.3, 0.6]", "compare.lambdas");
        run.has("\\[1, 2]", "compare.seeds");
        run.has("sft", "compare.reference.policy");
        run.has("8", "compare.reference.steps");
        run.has("0.001", "compare.reference.learning-rate");
        run.has("true", "compare.reference.start");
        run.has("9", "compare.optimum-steps");
        run.has("5", "compare.methods[4].evaluate-every", "compare.methods[4].probe-every");
        run.has("next-batch|next", "compare.methods[4].evaluate-on", "compare.methods[4].probe");
        run.has("0.4", "compare.methods[4].smoothing");
        run.has("balanced", "compare.methods[3].draws");
        run.has("2.5", "compare.hypervolume-reference.sft");
        run.has("0.8", "compare.hypervolume-reference.preference");
        run.has("2", "compare.answers.prompts");
        run.has("16", "compare.answers.tokens");
        run.has("multiple-choice", "compare.benchmarks.quiz.kind");
        run.has("/stored/quiz", "compare.benchmarks.quiz.data");
        run.has("/stored/dev", "compare.benchmarks.quiz.dev");
        run.has("2", "compare.benchmarks.quiz.shots");
        run.has("text", "compare.benchmarks.quiz.score");
        run.has("win-rate", "compare.benchmarks.wins.kind");
        run.has("/stored/data/chat.jsonl", "compare.benchmarks.wins.prompts");
        run.has("reference", "compare.benchmarks.wins.against");
        run.has("log-prob-per-token", "compare.benchmarks.wins.by");
        run.has("/stored/model", "compare.benchmarks.wins.model");
        run.has("conversation", "compare.benchmarks.wins.format");
        run.has("8", "compare.benchmarks.wins.max-new-tokens");
        run.has("0.5", "compare.benchmarks.wins.temperature");
        run.has("4", "compare.benchmarks.wins.top-k");
        run.has("0.9", "compare.benchmarks.wins.top-p");
        run.has("0.1", "compare.benchmarks.wins.min-p");
        run.has("1.1", "compare.benchmarks.wins.repetition-penalty");
        run.has("\\[\\.]", "compare.benchmarks.wins.stop");
        run.has("3", "compare.benchmarks.wins.seed");
        run.has("2", "compare.benchmarks.wins.batch-size");
        run.has("100", "compare.benchmarks.wins.max-length");
    }

    /** Every method with its keys, every loss, format, schedule and other named value. */
    @Test
    void everyNameIsUnderstood() {
        var sequential = "method={name: sequential, order: [preference, sft], ";
        with(sequential + "split: 0.25}").has("0.25", "method.split");
        var stages = with(sequential + "stage-steps: [4, 8]}");
        stages.has("sequential", "method.name");
        stages.has("\\[preference, sft]", "method.order");
        stages.has("\\[4, 8]", "method.stage-steps");
        with("method={name: mix, lambda: 0.3}").has("0.3", "method.lambda");
        var mix = with("method={name: mix, weights: {sft: 0.3, preference: 0.7}}");
        mix.has("mix", "method.name");
        mix.has("0.3", "method.weights.sft");
        mix.has("0.7", "method.weights.preference");
        for (var draws : List.of("bernoulli", "balanced")) {
            with("method={name: alright, lambda: 0.3, draws: " + draws + "}").has(draws, "method.draws");
        }
        with("method={name: maxright, lambda: 0.3, evaluate-on: other-batch}")
                .has("other-batch|separate", "method.evaluate-on", "method.probe");
        var optimum = with("method={name: optimum, objective: sft}");
        optimum.has("optimum|single", "method.name");
        optimum.has("sft", "method.objective");
        for (var loss : List.of("dpo", "ipo")) {
            with("objectives.preference.label-smoothing=0", "objectives.preference.loss=" + loss)
                    .has(loss, "objectives.preference.loss");
        }
        for (var format : List.of("preference", "implicit-preference", "tokens")) {
            with("objectives.preference.format=" + format).has(format, "objectives.preference.format");
        }
        for (var format : List.of("alpaca", "sft", "conversation", "tokens")) {
            // the stored recipe maps a column of the format sft
            with("objectives.sft.format=" + format, "objectives.sft.data=/stored/data/sft.jsonl")
                    .has(format, "objectives.sft.format");
        }
        for (var schedule : List.of("constant", "linear", "cosine")) {
            with("optimizer.schedule=" + schedule).has(schedule, "optimizer.schedule");
        }
        with("train.on-full-disk=stop").has("stop", "train.on-full-disk", "train.on-write-failure");
        with("train.precision=fp32").has("fp32", "train.precision");
        with("cache=/stored/elsewhere").has("/stored/elsewhere", "cache");
    }

    private static Written with(String... settings) {
        return Written.of(RecipeReader.write(RecipeReader.read(RECIPES.resolve("every-key.yaml"), List.of(settings))));
    }

    /** The recipe in a run folder is the recipe of the run. */
    @ParameterizedTest
    @MethodSource("runs")
    void theRecipeOfARunFolderIsThatItWasBegunWith(String name) {
        var settings = List.of("output=/any", "cache=none");
        var folder = RECIPES.resolveSibling("stopped").resolve(name).resolve("recipe.yaml");
        var resumed = RecipeReader.read(RECIPES.resolve(name + ".yaml"), settings);
        assertThat(RecipeChanges.between(RecipeReader.read(folder, settings), resumed)
                        .all())
                .isEmpty();
    }

    static Stream<String> runs() {
        return Stream.of("sequential", "mix", "alright", "maxright", "optimum", "ranks");
    }

    @Test
    void theRecipeOfAComparisonFolderIsThatItWasBegunWith() {
        var folder = RECIPES.resolveSibling("comparison").resolve("comparison.yaml");
        assertThat(folder).satisfies(Files::exists);
        var written = RecipeReader.readComparison(folder, List.of());
        var begun = RecipeReader.readComparison(RECIPES.resolve("comparison.yaml"), List.of());
        assertThat(RecipeChanges.between(written.base(), begun.base()).all()).isEmpty();
        assertThat(written).usingRecursiveComparison().ignoringFields("base").isEqualTo(begun);
    }

    /**
     * A recipe as it is written, flat.
     *
     * @param values by the keys' paths
     * @param seen keys that were asked for
     */
    private record Written(Map<String, String> values, TreeSet<String> seen) {
        static Written of(String yaml) {
            var values = new LinkedHashMap<String, String>();
            flatten("", new Load(LoadSettings.builder().build()).loadFromString(yaml), values);
            return new Written(values, new TreeSet<>());
        }

        private static void flatten(String key, Object value, Map<String, String> into) {
            if (value instanceof Map<?, ?> map) {
                map.forEach((name, v) -> flatten(key.isEmpty() ? String.valueOf(name) : key + "." + name, v, into));
            } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
                for (var i = 0; i < list.size(); i++) {
                    flatten(key + "[" + i + "]", list.get(i), into);
                }
            } else {
                into.put(key, String.valueOf(value));
            }
        }

        /** @param pattern of the value @param names the key's names, one of which is there */
        void has(String pattern, String... names) {
            var there = Stream.of(names).filter(values::containsKey).toList();
            assertThat(there).as(String.join(" or ", names)).hasSize(1);
            assertThat(values.get(there.get(0))).as(there.get(0)).matches(pattern);
            seen.add(there.get(0));
        }

        /** Every key was asked for, except defaults. */
        void hasNothingElse() {
            assertThat(values.keySet())
                    .filteredOn(key -> !seen.contains(key))
                    .containsExactlyInAnyOrder("objectives.preference.max-length", "objectives.preference.shuffle");
        }
    }
}

package dev.tandem.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem bench} as a user calls it, on models too small to take time. */
class BenchCommandTest {
    private static final Path GOLDEN = Path.of("..", "testdata", "golden");

    @TempDir
    Path folder;

    @Test
    void writesWhatItMeasuredAsJsonOfAFixedForm() throws IOException {
        var file = folder.resolve("out.json");
        var outcome = run("--shape=tiny", "--threads=1", "--steps=1", "--json", file.toString(), "--quiet");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .startsWith("tiny (0.2 M parameters), fp32, LoRA rank 32, 12 instructions or 4 pairs a step")
                .contains("16 texts", "bandwidth: ", "prompt of 1000", "ceiling: ", "maxright")
                .doesNotContain("Measuring");

        // programs that compare runs over time rely on these names
        var json = JsonMapper.shared().readTree(Files.readString(file));
        assertThat(json.path("format").intValue()).isEqualTo(2);
        assertThat(keys(json))
                .containsExactly(
                        "format",
                        "machine",
                        "model",
                        "workloads",
                        "mixTokensPerSecond",
                        "naiveMixTokensPerSecond",
                        "methods",
                        "referenceTokensPerSecond",
                        "generation",
                        "ceilingGflops",
                        "products");
        assertThat(keys(json.path("machine")))
                .containsExactly("cpu", "instructions", "cores", "threads", "loadAverage", "system", "jvm", "bindings");
        assertThat(keys(json.path("model")))
                .containsExactly(
                        "shape",
                        "parameters",
                        "precision",
                        "loraRank",
                        "checkpointActivations",
                        "sftBatch",
                        "pairBatch",
                        "warmup");
        assertThat(keys(json.path("workloads").path(0)))
                .containsExactly(
                        "name",
                        "tokensPerSecond",
                        "medianStepSeconds",
                        "tokensPerStep",
                        "peakBytes",
                        "gflops",
                        "utilisation",
                        "steps");
        assertThat(keys(json.path("generation"))).containsExactly("copyGigabytesPerSecond", "decoding", "prefill");
        assertThat(keys(json.path("generation").path("decoding").path(1)))
                .containsExactly(
                        "texts",
                        "tokensPerSecond",
                        "stepSeconds",
                        "memorySeconds",
                        "productSeconds",
                        "ofMemory",
                        "ofProducts");
        assertThat(keys(json.path("generation").path("prefill")))
                .containsExactly("tokens", "tokensPerSecond", "seconds", "productSeconds", "ofProducts");
        assertThat(keys(json.path("methods").path(0)))
                .containsExactly("name", "tokensPerSecond", "secondsPerToken", "relative", "rounds", "peakBytes");
        assertThat(keys(json.path("products").path(0))).containsExactly("kind", "rows", "in", "out", "count", "gflops");
        assertThat(names(json.path("workloads"))).containsExactly("sft", "preference");
        // and every other method that takes weights
        assertThat(names(json.path("methods"))).startsWith("sequential", "mix", "alright", "maxright");
        assertThat(json.path("naiveMixTokensPerSecond").isNull()).isTrue();
        // all sequences of rows 12 to 23 of the built-in lengths
        assertThat(json.path("workloads").path(0).path("tokensPerStep").doubleValue())
                .isEqualTo(sftTokens(12, 24));
        assertThat(json.path("mixTokensPerSecond").doubleValue()).isPositive();
        assertThat(json.path("workloads").path(0).path("utilisation").doubleValue())
                .isBetween(0.001, 1.5);
    }

    @Test
    void comparesWithTheNaiveWayOnLengthsOfAFile() throws IOException {
        var lengths = Files.writeString(
                folder.resolve("lengths.json"), "{\"sft\": [[3, 4], [5, 60]], \"preference\": [[7, 8, 9]]}");
        var outcome = run(
                "--shape=tiny",
                "--steps=2",
                "--only=sft,preference",
                "--baseline=naive",
                "--precision=bf16",
                "--threads=2",
                "--max-length=20",
                "--pair-batch=2",
                "--sft-batch=2",
                "--lengths",
                lengths.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("bf16", "naive sft", "naive preference", "Tandem is")
                .containsPattern("sft +\\d+ +[0-9.]+ +27 ")
                .doesNotContain("maxright", "generation");
    }

    @Test
    void measuresWhatARecipeAsksFor() throws IOException {
        var recipe = Files.writeString(
                folder.resolve("recipe.yaml"),
                String.format("""
                model: %s
                method: {name: mix, lambda: 0.5}
                objectives:
                  sft: {data: %s/sft.jsonl, format: tokens, batch-size: 5}
                  preference: {data: %s/preference.jsonl, format: tokens, batch-size: 3}
                lora: {rank: 4, targets: [q_proj, o_proj]}
                train: {steps: 12, device: cpu, precision: bf16, threads: 2}
                output: %s
                """, GOLDEN.resolve("qwen3"), GOLDEN, GOLDEN, folder.resolve("run")));
        var outcome = run(recipe.toString(), "--steps", "1", "--only", "sft", "--quiet");
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .startsWith("qwen3 ")
                .contains("bf16, LoRA rank 4, 5 instructions or 3 pairs a step, 2 threads");
        assertThat(run(recipe.toString(), "--full", "--precision=fp32", "--threads=1", "--steps=1", "--only=preference")
                        .out())
                .contains("fp32, all parameters, 5 instructions");
        assertMistake(run(recipe.toString(), "--shape", "tiny"), "Give a recipe or --shape, not both");
    }

    @Test
    void mistakesAreExplained() throws IOException {
        assertMistake(run("--shape", "tinny"), "There is no built-in shape 'tinny'. Known: tiny, ");
        assertMistake(run("--steps", "0"), "--steps is 0, but must be between 1 and ");
        assertMistake(run("--full", "--lora-rank", "4"), "Give --full or --lora-rank, not both");
        assertMistake(run("--only", "sft,dpo"), "There is no workload 'dpo'. Known: sft, preference, ");
        assertMistake(run("--shape=tiny-llama", "--baseline=naive", "--steps=1"), "GPT-NeoX");
        assertMistake(run("--lengths", folder.resolve("none.json").toString()), "none.json");
        var broken = Files.writeString(
                folder.resolve("broken.json"), "{\"sft\": [[3, 4], [5, -1]], \"preference\": [[7, 8, 9]]}");
        assertMistake(run("--lengths", broken.toString()), "'sft[1]' is not a list of 2 token counts");
        assertMistake(run("--json", folder.toString()), folder + " is a folder");
        assertThat(run("--baseline", "other").code()).isEqualTo(2);
        assertThat(run("--help").out()).startsWith("Usage: tandem bench");
    }

    private static double sftTokens(int from, int to) {
        var tokens = 0;
        for (var i = from; i < to; i++) {
            tokens += 20 + 7 * (i % 5) + 30 + (i * 53) % 330;
        }
        return tokens;
    }

    private static List<String> keys(JsonNode object) {
        return List.copyOf(object.propertyNames());
    }

    private static List<String> names(JsonNode list) {
        return list.valueStream().map(n -> n.path("name").stringValue()).toList();
    }

    private static void assertMistake(Outcome outcome, String message) {
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).doesNotContain("\tat ");
    }

    private static Outcome run(String... arguments) {
        var all = new java.util.ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        return Outcome.of(all.toArray(String[]::new));
    }
}

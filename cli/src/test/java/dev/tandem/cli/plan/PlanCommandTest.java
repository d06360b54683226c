package dev.tandem.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {
    /** 16 · 32 of embedding, tied; blocks of 2 · 16 + (16 · 16 + 2 · 16 · 8 + 16 · 16) + 3 · 16 · 48; a last norm of 16. */
    private static final long BLOCK = 32 + 768 + 2304;

    private static final long ALL = 512 + 2 * BLOCK + 16;

    @TempDir
    Path folder;

    @BeforeEach
    void recipe() throws IOException {
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": 32, "hidden_size": 16, "intermediate_size": 48, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "tie_word_embeddings": true}
                """);
        Files.writeString(folder.resolve("recipe.yaml"), """
                model: %s
                method: {name: maxright, lambda: 0.5, probe-every: 4}
                objectives:
                  sft: {data: none.jsonl, format: sft, max-length: 100, batch-size: 12, micro-batch-size: 8}
                  preference: {data: none.jsonl, format: preference, max-length: 100, batch-tokens: 1000}
                train: {steps: 1, device: cuda}
                output: runs/plan
                """.formatted(folder));
    }

    @Test
    void tellsMemoryAndTimeOfEveryStage() {
        var outcome = plan("--ranks", "4,1", "--memory", "4GB", "--flops", "1G", "--bandwidth", "8Mbit/s");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("Model: llama, 6,736 parameters, all trained, fp32")
                .contains("Step: at most 1,200 tokens (sft: 12 sequences of 100)")
                .contains("1 GFLOP/s; 300 GB/s within a machine, 1 MB/s between machines, 5.00 µs a message")
                .containsPattern(
                        "(?m)^ranks +stage +cast +parameters +gradients +moments +activations +head +total +fits$")
                .containsPattern("(?m)^4 +3 .* yes$")
                .containsPattern("(?m)^4 +0 +2 +[0-9.]+ kB .* [0-9]+%$")
                .endsWith("train.zero-stage, the lowest that fits, which sends least: 0 on 1 to 4 ranks.\n");
    }

    @Test
    void speaksJson() {
        var json = json(
                "--ranks", "1,4", "--set", "method={name: mix, lambda: 0.5}", "--threads", "3", "--latency", "1us");

        assertThat(json.get("model").get("trained_parameters").asLong()).isEqualTo(ALL);
        // five pairs of 2 · 100 in 1000 tokens, in one pass; 12 sequences in two
        assertThat(json.get("step").get("tokens").asDouble()).isEqualTo(1200 + 1000);
        assertThat(json.get("machines").get("threads").asInt()).isEqualTo(3);
        var rows = json.get("rows");
        assertThat(rows).hasSize(5);
        var split = rows.get(2);
        assertThat(split.get("stage").asInt()).isEqualTo(1);
        assertThat(split.get("passes").asInt()).isEqualTo(3);
        assertThat(split.get("memory").get("moments").asLong()).isEqualTo(8 * ALL / 4);
        assertThat(split.get("memory").get("gradients").asLong()).isEqualTo(3 * 4 * ALL);
        assertThat(split.get("bytes_sent").asDouble()).isEqualTo(2 * 4 * ALL * 3 / 4.0);
        var step = split.get("step_seconds").asDouble();
        assertThat(step)
                .isEqualTo(split.get("computing_seconds").asDouble()
                        + split.get("exposed_seconds").asDouble());
        assertThat(split.get("tokens_per_second").asDouble()).isEqualTo(2200 / step);

        // an adapter's rank is its own; tokens and passes are what was said
        var adapted = json(
                "--ranks",
                "2",
                "--set",
                "lora={init-from: " + adapter() + "}",
                "--tokens",
                "600",
                "--examples-per-rank",
                "1");
        assertThat(adapted.get("model").get("trained_parameters").asLong()).isEqualTo(2 * 3 * (16 + 16));
        assertThat(adapted.get("model").get("frozen_parameters").asLong()).isEqualTo(ALL);
        assertThat(adapted.get("step").get("tokens").asDouble()).isEqualTo(600);
        assertThat(adapted.get("step").get("probes").asDouble()).isEqualTo(0.25);
        assertThat(adapted.get("rows").get(0).get("passes").asInt()).isEqualTo(6);
    }

    private Path adapter() {
        var adapter = folder.resolve("adapter_config.json");
        try {
            Files.writeString(adapter, "{\"r\": 3, \"lora_alpha\": 6, \"target_modules\": [\"q_proj\"]}");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return folder;
    }

    @Test
    void saysWhatWouldHelpAndRefusesWhatMakesNoSense() {
        assertThat(plan("--ranks", "2", "--memory", "1600KiB").out())
                .contains(
                        "Nothing fits: the least, stage ",
                        "To make it fit: train.precision: bf16 (stage 3); or micro-batch-size: 2 (stage 0)");
        assertThat(plan("--ranks", "2", "--memory", "500KiB").out()).contains("No setting would change that");
        // one thread of a CPU by default has one rank a machine and what this machine has
        assertThat(plan("--set", "train.device=cpu", "--set", "train.threads=1").out())
                .contains("Ranks: 1 a machine, each 1 thread,", "178 GFLOP/s; 2.40 GB/s within", "1.25 GB/s between");

        assertMistake(plan("--ranks", "0"), "--ranks is 0");
        assertMistake(plan("--memory", "80"), "'80' is not an amount of memory, as in 80GiB or 64GB");
        assertMistake(plan("--bandwidth", "10GB"), "is not a bandwidth, as in 25GB/s or 200Gbit/s");
        assertMistake(plan("--flops", "-1T"), "is not a number of operations a second");
        assertMistake(plan("--latency", "5h"), "is not a time");
        assertMistake(plan("--set", "lora={rank: 2, targets: [nothing]}"), "names no linear module");
    }

    private static void assertMistake(Outcome outcome, String message) {
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }

    private JsonNode json(String... options) {
        var arguments = new ArrayList<>(List.of(options));
        arguments.add("--json");
        var outcome = plan(arguments.toArray(String[]::new));
        assertThat(outcome.err()).isEmpty();
        return JsonMapper.shared().readTree(outcome.out());
    }

    private Outcome plan(String... options) {
        var arguments =
                new ArrayList<>(List.of("plan", folder.resolve("recipe.yaml").toString()));
        arguments.addAll(List.of(options));
        return Outcome.of(arguments.toArray(String[]::new));
    }
}

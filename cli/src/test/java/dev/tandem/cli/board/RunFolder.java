package dev.tandem.cli.board;

import dev.tandem.LocalHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;

/** Writes what a run writes, without training. */
final class RunFolder {
    private final Path folder;
    private final Random random;
    private double sft = 2.9;
    private double preference = 0.69;
    private int step;

    RunFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.random = new Random(String.valueOf(folder.getFileName()).hashCode());
    }

    Path metrics() {
        return folder.resolve("metrics.jsonl");
    }

    RunFolder recipe(String method) throws IOException {
        Files.writeString(folder.resolve("recipe.yaml"), """
                model: some/model
                method: %s
                objectives:
                  sft: {data: sft.jsonl, format: tokens, batch-size: 4, optimum: 1.0}
                  preference: {data: pairs.jsonl, format: tokens, batch-size: 4, optimum: 0.01}
                train: {steps: 240, seed: 7}
                output: %s
                """.formatted(method, folder));
        return this;
    }

    RunFolder state(String state, long pid, String host, int steps) throws IOException {
        var process = ProcessHandle.of(pid).flatMap(p -> p.info().startInstant());
        Files.writeString(
                folder.resolve("state.json"),
                "{\"version\":1,\"state\":\"" + state + "\",\"pid\":" + pid
                        + process.map(p -> ",\"process_started\":\"" + p + "\"").orElse("")
                        + ",\"host\":\"" + host + "\",\"started\":\"" + Instant.parse("2026-01-02T03:04:05Z")
                        + "\",\"steps\":" + steps
                        + (state.equals("failed") ? ",\"error\":\"The disk is full.\"" : "") + "}\n");
        return this;
    }

    /** Of this very process. */
    RunFolder running() throws IOException {
        return state("running", ProcessHandle.current().pid(), LocalHost.name(), 240);
    }

    RunFolder completed() throws IOException {
        return state("completed", 1, LocalHost.name(), 240);
    }

    RunFolder message(String text) throws IOException {
        return append("log.jsonl", "{\"time\":\"2026-01-02T03:04:05Z\",\"message\":\"" + text + "\"}\n");
    }

    /** Goes on for some steps; an evaluation comes every tenth. */
    RunFolder steps(int count) throws IOException {
        var lines = new StringBuilder();
        for (var i = 0; i < count; i++) {
            if (step % 10 == 0) {
                lines.append(evaluation());
            }
            var onSft = random.nextBoolean();
            sft += (1 - sft) * (onSft ? 0.03 : 0.002) + 0.02 * random.nextGaussian();
            preference += (0.01 - preference) * (onSft ? 0.001 : 0.03);
            lines.append(step(onSft));
            step++;
        }
        return append("metrics.jsonl", lines.toString());
    }

    private String step(boolean onSft) {
        return String.format(
                Locale.ROOT,
                "{\"type\":\"step\",\"step\":%d,\"objective\":\"%s\",\"losses\":{\"%s\":%.6f},\"tokens\":%d,"
                        + "\"seconds\":0.025,\"memory_bytes\":%d,\"notes\":{\"gap/sft\":%.5f,\"gap/preference\":%.5f}}\n",
                step,
                onSft ? "sft" : "preference",
                onSft ? "sft" : "preference",
                onSft ? sft + 0.2 * random.nextGaussian() : preference,
                300 + random.nextInt(60),
                900_000_000L + 100_000L * step,
                (sft - 1) / 2,
                (preference - 0.01) / 2);
    }

    private String evaluation() {
        return String.format(
                Locale.ROOT,
                "{\"type\":\"evaluation\",\"step\":%d,\"losses\":{\"sft\":%.6f,\"preference\":%.6f},\"gaps\":{\"sft\":%.6f,"
                        + "\"preference\":%.6f},\"ideal_distance\":%.6f,\"seconds\":0.2}\n",
                step,
                sft,
                preference,
                sft - 1,
                preference - 0.01,
                Math.hypot(sft - 1, preference - 0.01));
    }

    RunFolder append(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return this;
    }
}

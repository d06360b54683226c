package dev.tandem.train.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.distributed.LocalRanks;
import dev.tandem.golden.Golden;
import dev.tandem.io.DigestCache;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs that share reference log-probs. Only the number of computed log-probs differs. */
class ReferenceCacheTest {
    private static final Pattern COUNTS =
            Pattern.compile("Reference log-probs of preference: ([0-9]+) from the cache, ([0-9]+) computed");

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private Path data = Path.of("");
    private Path model = Path.of("");
    private Path adapter = Path.of("");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @BeforeEach
    void copies() throws IOException {
        data = copy(Golden.directory("trajectory-qwen3"), "data");
        model = copy(Golden.directory("qwen3"), "model");
        adapter = copy(Golden.directory("qwen3").resolve("adapter"), "adapter");
    }

    @Test
    void theSecondRunComputesNothingAndTrainsTheSame() throws IOException {
        var none = run("none", "cache=none");
        assertThat(none.messages()).noneMatch(m -> m.contains("Reference log-probs"));
        assertThat(folder.resolve(".tandem-cache")).doesNotExist();
        var first = run("first");
        var second = run("second");
        assertThat(first.cached()).isZero();
        assertThat(first.computed()).isPositive();
        assertThat(second.cached()).isEqualTo(first.computed());
        assertThat(second.computed()).isZero();
        assertThat(first.losses()).isNotEmpty().isEqualTo(none.losses());
        assertThat(second.losses()).isEqualTo(none.losses());
        assertThat(folder.resolve(".tandem-cache/reference")).isDirectory();
    }

    @Test
    void equalPairsHaveTheSameLogProbs() throws IOException {
        // twice the same pairs: computed once, with the cache and without
        Files.write(
                data.resolve("preference.jsonl"),
                Files.readAllBytes(data.resolve("preference.jsonl")),
                StandardOpenOption.APPEND);
        var settings = "train.steps=20";
        var none = run("none", settings, "cache=none");
        var first = run("first", settings);
        var second = run("second", settings);
        assertThat(second.computed()).isZero();
        assertThat(first.losses()).isEqualTo(none.losses());
        assertThat(second.losses()).isEqualTo(none.losses());
    }

    @Test
    void aResumedRunGoesOnAsIfItHadNotStopped() {
        var straight = run("straight");
        var recipe = yaml("stopped");
        var asked = new int[1];
        new TrainingRun(RecipeReader.parse(recipe, List.of()), false)
                .train(new TrainingListener() {}, () -> ++asked[0] >= 3);
        var messages = new ArrayList<String>();
        new TrainingRun(RecipeReader.parse(recipe, List.of()), true).train(heard(messages), () -> false);
        assertThat(result("stopped", messages).computed()).isZero();
        assertThat(result("stopped", messages).losses()).isEqualTo(straight.losses());
    }

    /** More pairs to evaluate on than are in the model at a time. */
    private void writePairs(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var rows = IntStream.range(0, 400)
                .mapToObj(row -> String.format(
                        "{\"prompt_ids\": %s, \"chosen_ids\": %s, \"rejected_ids\": %s}",
                        tokens(random), tokens(random), tokens(random)))
                .toList();
        Files.write(data.resolve("preference_eval.jsonl"), rows);
    }

    @Test
    void whatAFailedRunComputedIsKept() throws IOException {
        writePairs(3);
        var none = run("none", "cache=none");
        var all = run("whole", "cache=" + folder.resolve("other")).computed();
        var failing = new TrainingListener() {
            @Override
            public void onProgress(String what, long done, long total) {
                throw new IllegalStateException("after the first round");
            }
        };
        assertThatThrownBy(() -> new TrainingRun(RecipeReader.parse(yaml("failed"), List.of()), false)
                        .train(failing, () -> false))
                .hasMessage("after the first round");
        var second = run("second");
        assertThat(second.cached()).isBetween(1, all - 1);
        assertThat(second.computed()).isEqualTo(all - second.cached());
        assertThat(second.losses()).isEqualTo(none.losses());
    }

    /** Sums have the bits of one process, also after a kill in the middle, with or without a cache. */
    @Test
    void ranksComputeSharesAndAllKnowTheSame() throws IOException {
        writePairs(4);
        run("one", "cache=" + folder.resolve("one-cache"));
        var expected = kept(folder.resolve("one-cache"));
        ranks("with-cache", "cache=" + folder.resolve("ranks-cache"));
        ranks("without", "cache=none");
        ranks("split", "cache=" + folder.resolve("split-cache"), "train.zero-stage=3");

        assertThat(losses("without")).isEqualTo(losses("with-cache"));
        assertThat(kept(folder.resolve("ranks-cache"))).isEqualTo(expected);
        assertThat(kept(folder.resolve("split-cache"))).isEqualTo(expected);
    }

    /** A run by three ranks, with different numbers of replicas. */
    private void ranks(String name, String... settings) throws IOException {
        var messages = LocalRanks.run(3, rank -> {
            var heard = new ArrayList<String>();
            var all = new ArrayList<>(List.of(settings));
            all.add("train.threads=" + (1 + rank.rank() % 2));
            new TrainingRun(RecipeReader.parse(yaml(name), all), false)
                    .withRanks(rank)
                    .train(heard(heard), () -> false);
            return heard;
        });
        assertThat(messages.get(0)).noneMatch(message -> message.contains("not kept"));
        assertThat(folder.resolve(name + "/ranks/cache")).doesNotExist();
    }

    /** All kept sums, bit for bit, by the digests of their examples. */
    private Map<String, List<Double>> kept(Path cache) throws IOException {
        var recipe = RecipeReader.parse(yaml("any"), List.of());
        var fingerprint =
                ReferenceFingerprint.of(recipe, "cpu Float", new DigestCache(cache, java.time.InstantSource.system()));
        var result = new TreeMap<String, List<Double>>();
        try (var files = Files.walk(cache.resolve("reference"))) {
            for (var file : files.filter(f -> f.toString().endsWith(".seg")).toList()) {
                ReferenceSegment.decode(fingerprint, Files.readAllBytes(file))
                        .orElseThrow()
                        .forEach((digest, sums) -> result.put(
                                digest.toString(), Arrays.stream(sums).boxed().toList()));
            }
        }
        assertThat(result).hasSizeGreaterThan(400);
        return result;
    }

    private static String tokens(SplittableRandom random) {
        return Arrays.toString(random.ints(random.nextInt(2, 30), 1, 90).toArray());
    }

    @Test
    void whateverTheLogProbsDependOnIsComputedAgain() throws IOException {
        var all = run("first").computed();
        assertThat(run("bf16", "train.precision=bf16").computed()).isEqualTo(all);
        assertThat(run("adapter", "lora.init-from=" + adapter).computed()).isEqualTo(all);
        changeLastByte(adapter.resolve("adapter_model.safetensors"));
        assertThat(run("adapter2", "lora.init-from=" + adapter).computed()).isEqualTo(all);
        var config = adapter.resolve("adapter_config.json");
        Files.writeString(
                config, Files.readString(config).replaceFirst("\"lora_alpha\" ?: ?[0-9.]+", "\"lora_alpha\": 1"));
        assertThat(run("adapter3", "lora.init-from=" + adapter).computed()).isEqualTo(all);
        changeLastByte(model.resolve("model.safetensors"));
        assertThat(run("weights").computed()).isEqualTo(all);

        var again = run("again");
        assertThat(again.computed()).isZero();
        assertThat(again.losses()).isEqualTo(run("none", "cache=none").losses());
    }

    @Test
    void otherTokensAreComputedOthersNot() throws IOException {
        var all = run("first").computed();
        var rows = Files.readAllLines(data.resolve("preference_eval.jsonl"));
        Files.write(
                data.resolve("preference_eval.jsonl"),
                rows.stream().map(ReferenceCacheTest::otherAnswer).toList());
        var second = run("second");
        assertThat(second.computed()).isEqualTo(rows.size());
        assertThat(second.cached()).isEqualTo(all - rows.size());
    }

    @Test
    void whereTheReferenceLiesAndHowThePolicyIsTrainedDoNotMatter() throws IOException {
        run("first");
        var other = copy(model, "other-model");
        assertThat(run("copy", "model=" + other).computed()).isZero();
        assertThat(run("all", "lora=").computed()).isZero();
        assertThat(run("base", "lora.init-from=" + adapter, "reference={model: " + other + "}")
                        .computed())
                .isZero();
        assertThat(run("rank", "lora.rank=2", "train.seed=42").computed()).isZero();
    }

    @Test
    void damageIsSaidAndRepaired() throws IOException {
        var none = run("none", "cache=none");
        var random = new SplittableRandom(8);
        run("first");
        for (var trial = 0; trial < 8; trial++) {
            for (var file : segments()) {
                var bytes = Files.readAllBytes(file);
                bytes[random.nextInt(bytes.length)] ^= (byte) random.nextInt(1, 256);
                Files.write(file, trial % 2 == 0 ? bytes : Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            }
            var damaged = run("damaged" + trial);
            assertThat(damaged.messages())
                    .filteredOn(m -> m.contains("damaged"))
                    .hasSize(1);
            assertThat(damaged.cached()).isZero();
            assertThat(damaged.losses()).isEqualTo(none.losses());
            var repaired = run("repaired" + trial);
            assertThat(repaired.computed()).isZero();
            assertThat(repaired.messages()).noneMatch(m -> m.contains("damaged"));
            assertThat(repaired.losses()).isEqualTo(none.losses());
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsSaidAndTheRunGoesOn() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "");
        var result = run("run", "cache=" + file);
        assertThat(result.messages())
                .filteredOn(m -> m.contains("are not kept"))
                .hasSize(1);
        assertThat(result.losses()).isEqualTo(run("none", "cache=none").losses());
    }

    @Test
    void runsAtOnceInOneProcessComputeOnce() throws Exception {
        var runs = List.of("a", "b", "c").stream()
                .map(name -> CompletableFuture.supplyAsync(() -> run(name)))
                .toList();
        var computed = new ArrayList<Integer>();
        for (var run : runs) {
            computed.add(run.get(2, TimeUnit.MINUTES).computed());
        }
        var all = run("after").cached();
        assertThat(computed).containsExactlyInAnyOrder(all, 0, 0);
        assertSameLosses("a", "b", "c", "after");
    }

    @Test
    void processesAtOnceComputeOnce() throws Exception {
        var runs = new ArrayList<Process>();
        for (var name : List.of("a", "b")) {
            Files.writeString(folder.resolve(name + ".yaml"), yaml(name));
            var command = ChildProcesses.java(
                    List.of("-Xmx512m"),
                    Runner.class.getName(),
                    List.of(
                            folder.resolve(name + ".yaml").toString(),
                            folder.resolve(name + ".txt").toString()));
            runs.add(processes.start(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve(name + ".out").toFile())));
        }
        for (var process : runs) {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }
        var a = result("a", Files.readAllLines(folder.resolve("a.txt")));
        var b = result("b", Files.readAllLines(folder.resolve("b.txt")));
        var all = run("after").cached();
        assertThat(List.of(a.computed(), b.computed())).containsExactlyInAnyOrder(all, 0);
        assertSameLosses("a", "b", "after");
    }

    /** A run in a process of its own. */
    static final class Runner {
        private Runner() {}

        public static void main(String[] arguments) throws IOException {
            var messages = new ArrayList<String>();
            new TrainingRun(RecipeReader.read(Path.of(arguments[0]), List.of()), false)
                    .train(heard(messages), () -> false);
            Files.write(Path.of(arguments[1]), messages);
        }
    }

    private record Result(List<String> messages, List<String> losses) {
        int cached() {
            return count(1);
        }

        int computed() {
            return count(2);
        }

        private int count(int group) {
            var counts = messages.stream()
                    .map(COUNTS::matcher)
                    .filter(m -> m.matches())
                    .map(m -> Integer.parseInt(m.group(group)))
                    .toList();
            assertThat(counts).as("%s", messages).hasSize(1);
            return counts.get(0);
        }
    }

    private Result run(String name, String... settings) {
        var messages = new ArrayList<String>();
        new TrainingRun(RecipeReader.parse(yaml(name), List.of(settings)), false).train(heard(messages), () -> false);
        return result(name, messages);
    }

    private static TrainingListener heard(List<String> messages) {
        return new TrainingListener() {
            @Override
            public void onMessage(String message) {
                messages.add(message);
            }
        };
    }

    private String yaml(String name) {
        return String.format("""
                model: %s
                method: {name: mix, lambda: 0.5}
                objectives:
                  sft: {data: %s/sft.jsonl, format: tokens, batch-size: 2}
                  preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, batch-size: 3}
                lora: {rank: 4, targets: [q_proj, v_proj]}
                optimizer: {learning-rate: 0.01}
                train: {steps: 5, device: cpu, threads: 2, evaluate-every: 0, checkpoint-every: 0}
                output: %s
                """, model, data, data, data, folder.resolve(name));
    }

    private Result result(String name, List<String> messages) {
        return new Result(messages, losses(name));
    }

    private void assertSameLosses(String... names) {
        assertThat(Arrays.stream(names).map(this::losses).distinct()).hasSize(1);
    }

    /** The losses of all steps and evaluations, as they were printed. */
    private List<String> losses(String name) {
        try (var lines = Files.lines(folder.resolve(name).resolve("metrics.jsonl"))) {
            var losses = Pattern.compile("\"losses\":\\{[^}]*}");
            return lines.flatMap(line -> losses.matcher(line).results())
                    .map(match -> match.group())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String otherAnswer(String row) {
        return row.replaceFirst("(\"rejected_ids\": *\\[)", "$17, ");
    }

    /** The last byte of the last tensor: its sign bit may flip, its magnitude not become infinite. */
    private static void changeLastByte(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= (byte) 0x80;
        Files.write(file, bytes);
    }

    private List<Path> segments() throws IOException {
        try (var files = Files.walk(folder.resolve(".tandem-cache/reference"))) {
            return files.filter(f -> f.toString().endsWith(".seg")).toList();
        }
    }

    private Path copy(Path source, String name) throws IOException {
        var target = Files.createDirectories(folder.resolve(name));
        try (var files = Files.list(source)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }
}

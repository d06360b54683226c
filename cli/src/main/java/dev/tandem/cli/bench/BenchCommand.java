package dev.tandem.cli.bench;

import dev.tandem.UserException;
import dev.tandem.bench.Bench;
import dev.tandem.bench.BenchLengths;
import dev.tandem.bench.BenchSettings;
import dev.tandem.bench.BenchShape;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.OptionRange;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem bench}: how fast training and generation are, and how fast they could be on this machine. */
@Command(
        name = "bench",
        description = "Measures training and generation, and how much of this machine's speed they reach.",
        footer = {"", "Weights and tokens are random: time does not depend on them. See docs/bench.md."})
public final class BenchCommand implements Callable<Integer> {
    private static final int MAX = 1 << 20;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "RECIPE.yaml",
            description = "Measure this recipe's model, adapter rank, precision, threads and batch sizes.")
    private Optional<Path> recipe = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "Built-in shape: pythia-70m (default), pythia-160m, llama-1b-ish, tiny, tiny-llama.")
    private Optional<String> shape = Optional.empty();

    @Option(names = "--precision", paramLabel = "fp32|bf16", description = "Default: fp32, or the recipe's.")
    private Optional<Precision> precision = Optional.empty();

    @Option(
            names = "--lora-rank",
            paramLabel = "R",
            description =
                    "Rank of the adapter (on query, key and value, or the recipe's modules); 0 trains all parameters. Default: 32, or the"
                            + " recipe's.")
    private Optional<Integer> loraRank = Optional.empty();

    @Option(names = "--full", description = "Train all parameters, as --lora-rank 0.")
    private boolean full;

    @Option(
            names = "--checkpoint-activations",
            description = "Compute activations again in the backward pass. Default: the recipe's, or not.")
    private boolean checkpointActivations;

    @Option(names = "--sft-batch", paramLabel = "N", description = "Instructions of a step. Default: 12.")
    private Optional<Integer> sftBatch = Optional.empty();

    @Option(names = "--pair-batch", paramLabel = "N", description = "Pairs of a step. Default: 4.")
    private Optional<Integer> pairBatch = Optional.empty();

    @Option(
            names = "--lengths",
            paramLabel = "FILE",
            description =
                    "JSON: {\"sft\": [[prompt, response], ...], \"preference\": [[prompt, chosen, rejected], ...]}"
                            + " in tokens.")
    private Optional<Path> lengths = Optional.empty();

    @Option(
            names = "--max-length",
            paramLabel = "TOKENS",
            description = "Cut responses so that no sequence is longer. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2048")
    private int maxLength;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Timed steps of each kind. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10")
    private int steps;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Steps of each kind before those. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int warmup;

    @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with. Default: one per core.")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            completionCandidates = Workloads.class,
            description = "Measure only these: ${COMPLETION-CANDIDATES}. Sequential comes with any other method.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--baseline", paramLabel = "naive", description = "Measure the naive way as well, alternating.")
    private Optional<Baseline> baseline = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything to this file.")
    private Optional<Path> json = Optional.empty();

    /** The workloads that can be measured. */
    private static final class Workloads implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return BenchSettings.WORKLOADS.iterator();
        }
    }

    /** The implementation to compare with. */
    private enum Baseline {
        NAIVE
    }

    @Override
    public Integer call() {
        var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        var result = new Bench(settings(), what -> {
                    if (!common.quiet()) {
                        out.println("Measuring: " + what);
                        out.flush();
                    }
                })
                .run();
        BenchText.lines(result).forEach(out::println);
        out.flush();
        json.ifPresent(file -> AtomicFiles.write(
                file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n"));
        return 0;
    }

    private BenchSettings settings() {
        json.filter(Files::isDirectory).ifPresent(folder -> {
            throw new UserException("--json " + folder + " is a folder, a file name was expected.");
        });
        if (recipe.isPresent() && shape.isPresent()) {
            throw new UserException("Give a recipe or --shape, not both: each says which model to measure.");
        }
        var plan = recipe.map(file -> BenchPlan.of(RecipeReader.read(file, List.of())
                        .mapPaths(new HubPaths(
                                java.util.Objects.requireNonNull(spec)
                                        .commandLine()
                                        .getOut(),
                                common.quiet())::local)))
                .orElseGet(() -> BenchPlan.of(BenchShape.named(shape.orElse("pythia-70m"))));
        return new BenchSettings(
                plan.shape(),
                precision.orElse(plan.precision()),
                rank(plan),
                plan.loraTargets(),
                checkpointActivations || plan.checkpointActivations(),
                checked("--sft-batch", sftBatch.orElse(plan.sftBatch()), 1),
                checked("--pair-batch", pairBatch.orElse(plan.pairBatch()), 1),
                lengths.map(BenchLengths::read)
                        .orElseGet(BenchLengths::ragged)
                        .within(checked("--max-length", maxLength, 2)),
                checked("--warmup", warmup, 0),
                checked("--steps", steps, 1),
                checked("--threads", threads.or(plan::threads).orElseGet(BenchCommand::cores), 1),
                baseline.isPresent(),
                Set.copyOf(only.isEmpty() ? BenchSettings.WORKLOADS : only));
    }

    private int rank(BenchPlan plan) {
        if (full && loraRank.isPresent()) {
            throw new UserException("Give --full or --lora-rank, not both: each says what is trained.");
        }
        return full ? 0 : checked("--lora-rank", loraRank.orElse(plan.loraRank()), 0);
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static int checked(String option, int value, int least) {
        return OptionRange.checked(option, value, least, MAX);
    }
}

package dev.tandem.cli;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.bench.Bench;
import dev.tandem.train.bench.BenchLengths;
import dev.tandem.train.bench.BenchSettings;
import dev.tandem.train.bench.BenchShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem bench}: how fast training and generation are, and how fast they could be here. */
@Command(
        name = "bench",
        description = "Measures training and generation, and how much of this machine's speed they reach.",
        footer = {"", "Weights and tokens are random: time does not depend on them. See docs/bench.md."})
final class BenchCommand implements Callable<Integer> {
    private static final int MOST = 1 << 20;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "RECIPE.yaml",
            description = "Measure this recipe's model, adapter rank, precision and batch sizes.")
    private Optional<Path> recipe = Optional.empty();

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "Built-in shape: pythia-70m (default), pythia-160m, tiny-llama, tiny-neox.")
    private Optional<String> shape = Optional.empty();

    @Option(names = "--precision", paramLabel = "fp32|bf16", description = "Default: fp32, or the recipe's.")
    private Optional<Precision> precision = Optional.empty();

    @Option(
            names = "--lora-rank",
            paramLabel = "R",
            description = "Rank of the adapter on query, key and value; 0 trains all parameters. Default: 32, or the"
                    + " recipe's.")
    private Optional<Integer> loraRank = Optional.empty();

    @Option(names = "--sft-batch", paramLabel = "N", description = "Instructions of a step. Default: 12.")
    private Optional<Integer> sftBatch = Optional.empty();

    @Option(names = "--preference-batch", paramLabel = "N", description = "Pairs of a step. Default: 4.")
    private Optional<Integer> preferenceBatch = Optional.empty();

    @Option(
            names = "--lengths",
            paramLabel = "FILE",
            description =
                    "JSON: {\"sft\": [[prompt, response], ...], \"preference\": [[prompt, chosen, rejected], ...]}"
                            + " in tokens.")
    private Optional<Path> lengths = Optional.empty();

    @Option(
            names = "--uniform",
            paramLabel = "TOKENS",
            description = "All sequences of this length instead (full batches).")
    private Optional<Integer> uniform = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "Timed steps of each kind. Default: 10.")
    private int steps = 10;

    @Option(names = "--warmup", paramLabel = "N", description = "Steps of each kind before those. Default: 2.")
    private int warmup = 2;

    @Option(names = "--threads", paramLabel = "N", description = "libtorch threads. Default: one per core.")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--baseline", paramLabel = "naive", description = "Measure the naive way as well, alternating.")
    private Optional<Baseline> baseline = Optional.empty();

    @Option(names = "--no-methods", description = "Leave the four methods out.")
    private boolean noMethods;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything to this file.")
    private Optional<Path> json = Optional.empty();

    /** What to compare with. */
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
        if (recipe.isPresent() && shape.isPresent()) {
            throw new UserException("Give a recipe or --shape, not both: each says which model to measure.");
        }
        var plan = recipe.map(file -> BenchPlan.of(RecipeReader.read(file, List.of())))
                .orElseGet(() -> BenchPlan.of(BenchShape.named(shape.orElse("pythia-70m"))));
        return new BenchSettings(
                plan.shape(),
                precision.orElse(plan.precision()),
                checked("--lora-rank", loraRank.orElse(plan.loraRank()), 0),
                checked("--sft-batch", sftBatch.orElse(plan.sftBatch()), 1),
                checked("--preference-batch", preferenceBatch.orElse(plan.preferenceBatch()), 1),
                chosenLengths(),
                checked("--warmup", warmup, 0),
                checked("--steps", steps, 1),
                threads.map(t -> OptionalInt.of(checked("--threads", t, 1))).orElse(OptionalInt.empty()),
                baseline.isPresent(),
                !noMethods);
    }

    private BenchLengths chosenLengths() {
        if (lengths.isPresent() && uniform.isPresent()) {
            throw new UserException("Give --lengths or --uniform, not both: each says how long the examples are.");
        }
        return lengths.map(BenchLengths::read)
                .or(() -> uniform.map(u -> BenchLengths.uniform(checked("--uniform", u, 2))))
                .orElseGet(BenchLengths::ragged);
    }

    private static int checked(String option, int value, int least) {
        if (value < least || value > MOST) {
            throw new UserException(option + " is " + value + ", but must be between " + least + " and " + MOST + ".");
        }
        return value;
    }
}

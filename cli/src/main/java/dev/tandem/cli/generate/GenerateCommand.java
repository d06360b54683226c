package dev.tandem.cli.generate;

import dev.tandem.cli.console.ConsoleLines;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.ModelOptions;
import dev.tandem.cli.options.PromptOptions;
import dev.tandem.cli.options.RowFormatConverter;
import dev.tandem.cli.options.SamplingOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.data.format.RowFormat;
import dev.tandem.inference.FileGeneration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem generate}: answers a file of prompts. */
@Command(
        name = "generate",
        description = "Answers every row of a file of prompts. After a stop, the same command continues where it was.")
public final class GenerateCommand implements Callable<Integer> {
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private PromptOptions promptOptions = new PromptOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "Rows with a prompt, an instruction, or messages.")
    private Path data = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where to write.")
    private Path out = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = RowFormatConverter.class,
            description = "alpaca, sft or conversation (default: as the columns say).")
    private @Nullable RowFormat format;

    @Option(
            names = "--layout",
            defaultValue = "jsonl",
            paramLabel = "jsonl|alpaca-eval",
            description =
                    "jsonl: each row with its answer; alpaca-eval: that tool's array (default: ${DEFAULT-VALUE}).")
    private String layout = "jsonl";

    @Option(
            names = "--batch-size",
            defaultValue = "16",
            paramLabel = "N",
            description = "Most answers that are generated at the same time (default: ${DEFAULT-VALUE}).")
    private int batchSize = 16;

    @Override
    public Integer call() {
        var paths = new HubPaths(Objects.requireNonNull(spec).commandLine().getOut(), common.quiet());
        model.fetch(paths);
        data = paths.local(data);
        return StopSignal.during(Objects.requireNonNull(spec).commandLine(), this::generate);
    }

    private int generate(StopSignal signal) {
        var settings = sampling.settings(batchSize);
        var prompts = new FileGeneration.Prompts(
                Optional.ofNullable(format), promptOptions.template(), promptOptions.columns());
        try (var opened = model.open()) {
            var console = new ConsoleLines(out(), common.quiet(), NANOS_BETWEEN_LINES);
            var start = System.nanoTime();
            var summary = new FileGeneration(opened, settings, prompts, model.name())
                    .run(
                            data,
                            out,
                            layout(),
                            (answers, tokens) -> tell(console, answers, tokens, start),
                            signal::requested);
            var before = summary.earlier() > 0 ? ", %,d of them made before,".formatted(summary.earlier()) : "";
            console.line(String.format(
                    Locale.ROOT,
                    "%,d answers%s %,d tokens in %.1f s (%,.0f tokens/s): %s",
                    summary.answers(),
                    before.isEmpty() ? "," : before,
                    summary.tokens(),
                    summary.seconds(),
                    summary.tokens() / Math.max(summary.seconds(), 1e-9),
                    out));
        }
        return 0;
    }

    private static void tell(ConsoleLines console, long answers, long tokens, long start) {
        if (console.due()) {
            var rate = tokens / ((System.nanoTime() - start) * 1e-9);
            console.line(String.format(Locale.ROOT, "%,d answers, %,.0f tokens/s", answers, rate));
        }
    }

    private FileGeneration.Layout layout() {
        return switch (layout) {
            case "jsonl" -> FileGeneration.Layout.JSONL;
            case "alpaca-eval" -> FileGeneration.Layout.ALPACA_EVAL;
            default ->
                throw new dev.tandem.UserException("--layout is '" + layout + "'; jsonl or alpaca-eval was expected.");
        };
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}

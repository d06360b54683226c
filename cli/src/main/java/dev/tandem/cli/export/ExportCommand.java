package dev.tandem.cli.export;

import dev.tandem.UserException;
import dev.tandem.cli.options.AdaptedModel;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.text.SafeText;
import dev.tandem.train.export.ModelExport;
import dev.tandem.train.export.ModelExport.Stored;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tandem export}: writes a model for other programs. */
@Command(
        name = "export",
        description = "Merges an adapter into its base, converts the dtype, shards, and checks the result.")
public final class ExportCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*(KB|MB|GB)");
    private static final Map<String, Long> UNITS = Map.of("KB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L);

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Hugging Face model directory, or a PEFT adapter that names its base.")
    private Path model = Path.of("");

    @Option(names = "--adapter", paramLabel = "DIR", description = "PEFT adapter directory to merge into it.")
    private @Nullable Path adapter;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to create; must not exist.")
    private Path out = Path.of("");

    @Option(
            names = "--dtype",
            defaultValue = "fp32",
            paramLabel = "fp32|bf16|fp16",
            description = "dtype of the weights (default: ${DEFAULT-VALUE}).")
    private Stored dtype = Stored.FP32;

    @Option(
            names = "--shard-size",
            defaultValue = "5GB",
            paramLabel = "SIZE",
            description = "Largest file of weights, in KB, MB or GB of 1000s (default: ${DEFAULT-VALUE}).")
    private String shardSize = "5GB";

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "Run that the model card describes (default: the adapter's).")
    private @Nullable Path run;

    @Option(names = "--no-check", description = "Do not score the result against its source.")
    private boolean noCheck;

    @Option(names = "--device", defaultValue = "auto", description = "Where to check (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Override
    public Integer call() {
        var paths = new HubPaths(Objects.requireNonNull(spec).commandLine().getOut(), common.quiet());
        var source = AdaptedModel.of(model, Optional.ofNullable(adapter), paths);
        var export = new ModelExport(
                source.model(), source.adapter(), out, dtype, bytes(), Optional.ofNullable(run), device);
        var console = Objects.requireNonNull(spec).commandLine();
        var done = export.write(!noCheck, message -> {
            if (!common.quiet()) {
                console.getOut().println(SafeText.lines(message));
            }
        });
        if (!done) {
            console.getErr().println("Error: the exported model does not score as its source does; nothing was kept.");
            return 1;
        }
        console.getOut().println("Exported: " + SafeText.lines(out.toString()));
        return 0;
    }

    private long bytes() {
        var match = SIZE.matcher(shardSize.strip().toUpperCase(Locale.ROOT));
        var bytes = match.matches()
                ? Long.parseLong(match.group(1)) * Objects.requireNonNull(UNITS.get(match.group(2)))
                : 0;
        if (bytes <= 0) {
            throw new UserException("--shard-size is '" + shardSize + "'; a size such as 500MB or 5GB was expected.");
        }
        return bytes;
    }
}

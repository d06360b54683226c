package dev.tandem.cli.report;

import dev.tandem.cli.options.CommonOptions;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem report}: writes the page and the figures of a comparison again. */
@Command(
        name = "report",
        description = "Writes the report of a comparison: one page for the browser, and figures for papers.",
        footer = {"", "tandem compare also does so when it ends. See docs/report.md."})
public final class ReportCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "The folder of a comparison, as tandem compare made it.")
    private Path folder = Path.of(".");

    @Override
    public Integer call() {
        var out = Objects.requireNonNull(spec).commandLine().getOut();
        var page = ReportWriter.write(folder);
        out.println(SafeText.lines("Report: " + page));
        if (!common.quiet()) {
            out.println(SafeText.lines("Figures: " + folder.resolve("figures")));
        }
        out.flush();
        return 0;
    }
}

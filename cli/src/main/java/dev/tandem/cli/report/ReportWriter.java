package dev.tandem.cli.report;

import dev.tandem.AtomicFiles;
import dev.tandem.UserException;
import dev.tandem.train.RunDirectory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the report of a comparison. */
public final class ReportWriter {
    private ReportWriter() {}

    /**
     * Writes {@code report.html} and {@code figures/} into the folder of a comparison, replacing older ones.
     *
     * @param folder what {@code tandem compare} wrote: {@code results.json}, {@code runs/} and perhaps
     *     {@code theory.json}
     * @return the page
     * @throws UserException if {@code results.json} is missing or not as expected, or if a file cannot be read or
     *     written
     */
    public static Path write(Path folder) {
        var results = ResultsReader.read(folder);
        Map<String, RunCurves> curves = new LinkedHashMap<>();
        for (var run : results.runs()) {
            var metrics = new RunDirectory(folder.resolve(run.folder())).metrics();
            curves.put(run.name(), MetricsReader.read(metrics, results.objectives()));
        }
        var page = folder.resolve("report.html");
        AtomicFiles.write(page, Page.html(new PageData(folder, results).of(curves)));
        new Figures(results, curves, TheoryCurves.read(folder)).write(folder.resolve("figures"));
        return page;
    }
}

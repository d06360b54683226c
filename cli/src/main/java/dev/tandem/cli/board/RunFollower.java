package dev.tandem.cli.board;

import dev.tandem.recipe.Registry;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.folder.RunState;
import dev.tandem.train.track.MetricsLine;
import dev.tandem.train.track.MetricsReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run, followed through its files. Polled by the board's thread, read by those that answer browsers. */
final class RunFollower {
    private static final long BUDGET = 1 << 22;

    private final String id;
    private final String name;
    private final RunDirectory folder;
    private final Liveness liveness;
    private final Registry registry;
    private final LineTail metrics;
    private final RunLogTail log;
    private RunCurves curves = new RunCurves();
    private int malformed;
    private int restarts;
    private RunRecipe recipe = RunRecipe.UNKNOWN;
    private Optional<Instant> recipeRead = Optional.empty();
    private Optional<RunState> state = Optional.empty();
    private String status = "unknown";
    private Optional<String> report = Optional.empty();

    /**
     * @param id its name for browsers
     * @param name its name for people: its folder below the board's
     * @param registry what its recipe may name
     */
    RunFollower(String id, String name, Path folder, Registry registry, Liveness liveness) {
        this.registry = registry;
        this.id = id;
        this.name = name;
        this.folder = new RunDirectory(folder);
        this.liveness = liveness;
        this.metrics = new LineTail(this.folder.metrics(), MetricsReader.LONGEST_LINE, BUDGET);
        this.log = new RunLogTail(this.folder.log());
    }

    String id() {
        return id;
    }

    /** The part of a run that a browser following it has seen. */
    static final class Cursor {
        private int restarts = -1;
        private Optional<RunRecipe> recipe = Optional.empty();
        private long heard;
        private final Map<String, Series.Mark> marks = new LinkedHashMap<>();
    }

    /** Polls the files. Returns whether anything changed. */
    synchronized boolean poll(Instant now) throws IOException {
        var before = status;
        var changed = readRecipe();
        status = status(now);
        changed |= metrics.read(new MetricsSink());
        changed |= log.read();
        return changed || !before.equals(status);
    }

    /** Whether there is more to read immediately. */
    synchronized boolean behind() {
        return metrics.behind() || log.behind();
    }

    /** Whether nothing more is expected of the run: it is polled less often. */
    synchronized boolean isOver() {
        return !status.equals("running") && !status.equals("unknown");
    }

    /** Sets where the report of the run is. Returns whether that is new. */
    synchronized boolean report(Optional<String> reportId) {
        var news = !report.equals(reportId);
        report = reportId;
        return news;
    }

    private boolean readRecipe() {
        var changed = SmallFile.changed(folder.recipe());
        if (changed.equals(recipeRead)) {
            return false;
        }
        recipeRead = changed;
        recipe = RunRecipe.read(folder.recipe(), registry);
        return true;
    }

    private String status(Instant now) {
        var beat = SmallFile.changed(folder.state());
        state = beat.flatMap(b -> RunState.read(folder.state()));
        if (state.isEmpty()) {
            return SmallFile.changed(folder.summary()).isPresent() ? "ended" : "unknown";
        }
        var known = state.get();
        return known.phase() != RunState.Phase.RUNNING || liveness.alive(known, beat.orElse(now), now)
                ? known.phase().text()
                : "dead";
    }

    private final class MetricsSink implements LineTail.Sink {
        @Override
        public void line(byte[] bytes, int from, int length) {
            MetricsLine.parse(bytes, from, length).ifPresentOrElse(curves::accept, () -> malformed++);
        }

        @Override
        public void tooLong() {
            malformed++;
        }

        @Override
        public void restart() {
            curves = new RunCurves();
            malformed = 0;
            restarts++;
        }
    }

    /** The run's line in the list. */
    synchronized Map<String, Object> row() {
        var row = new LinkedHashMap<String, Object>();
        row.put("id", id);
        row.put("name", name);
        recipe.method().ifPresent(v -> row.put("method", v));
        recipe.lambda().ifPresent(v -> row.put("lambda", v));
        recipe.seed().ifPresent(v -> row.put("seed", v));
        row.put("state", status);
        state.ifPresent(s -> row.put("started", s.started().toString()));
        state.flatMap(RunState::error).ifPresent(v -> row.put("error", v));
        var total = state.map(RunState::steps).filter(s -> s > 0).orElse(recipe.steps());
        row.put("steps", total);
        curves.steps().ifPresent(v -> row.put("step", v));
        row.put("objectives", objectives());
        row.put("losses", curves.trainLosses());
        row.put("eval_losses", curves.evalLosses());
        curves.ideal().ifPresent(v -> row.put("ideal_distance", v));
        curves.tokensPerSecond().ifPresent(v -> row.put("tokens_per_second", v));
        if (status.equals("running")) {
            curves.secondsLeft(total).ifPresent(v -> row.put("seconds_left", v));
        }
        curves.memory().ifPresent(v -> row.put("memory_bytes", v));
        row.put("skipped_lines", malformed + log.malformed());
        report.ifPresent(v -> row.put("report", v));
        return row;
    }

    private List<String> objectives() {
        return recipe.objectives().isEmpty()
                ? curves.trainLosses().keySet().stream()
                        .sorted(Comparator.comparing((String name) -> !name.equals("sft"))
                                .thenComparing(Comparator.naturalOrder()))
                        .toList()
                : recipe.objectives();
    }

    /** What is new for a browser, whose cursor advances; empty if nothing is. */
    synchronized Map<String, Object> news(Cursor cursor) {
        var news = new LinkedHashMap<String, Object>();
        var now = restarts + log.restarts();
        if (cursor.restarts != now) {
            news.put("reset", true);
            cursor.marks.clear();
            cursor.heard = 0;
            cursor.restarts = now;
            cursor.recipe = Optional.empty();
        }
        var fresh = new LinkedHashMap<String, Object>();
        curves.all().forEach((curve, series) -> {
            var seen = cursor.marks.getOrDefault(curve, Series.Mark.NOTHING);
            if (!series.isSeen(seen)) {
                fresh.put(curve, series.since(seen));
                cursor.marks.put(curve, series.mark());
            }
        });
        if (!fresh.isEmpty()) {
            news.put("curves", fresh);
        }
        if (cursor.heard != log.heard()) {
            news.put("log", log.since(cursor.heard));
            cursor.heard = log.heard();
        }
        if (!cursor.recipe.equals(Optional.of(recipe))) {
            news.put("recipe", recipe.text());
            cursor.recipe = Optional.of(recipe);
        }
        if (!news.isEmpty()) {
            news.put("id", id);
        }
        return news;
    }
}

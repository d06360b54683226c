package dev.tandem.cli.board;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tandem.io.LocalHost;
import dev.tandem.io.Sha256;
import dev.tandem.recipe.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The runs and reports below a folder, kept up to date by a thread of its own. Browsers name them by ids, which are looked up
 * here; no text from a browser becomes a path.
 */
final class BoardRuns implements AutoCloseable {
    private static final long TICK_MILLIS = 1000;
    private static final int TICKS_A_SEARCH = 3;
    private static final int TICKS_WHEN_OVER = 5;
    private static final int ID_BYTES = 8;

    private final Path root;
    private final Registry registry;
    private final Liveness liveness = new Liveness(LocalHost.name());
    private final Map<String, RunFollower> runs = new LinkedHashMap<>();
    private final Map<String, Path> reports = new LinkedHashMap<>();
    private final Map<String, Long> changed = new LinkedHashMap<>();
    private final Map<String, Long> removed = new LinkedHashMap<>();
    private final Thread thread = new Thread(this::watch, "board-watch");
    private long version = 1;
    private long reportsChanged = 1;
    private boolean searched;

    private BoardRuns(Path root, Registry registry) {
        this.root = root;
        this.registry = registry;
    }

    /**
     * Starts to watch a folder.
     *
     * @param registry what the recipes of its runs may name
     */
    static BoardRuns watch(Path root, Registry registry) {
        var result = new BoardRuns(root, registry);
        result.thread.setDaemon(true);
        result.thread.start();
        return result;
    }

    private void watch() {
        try {
            for (var tick = 0L; !Thread.currentThread().isInterrupted(); tick++) {
                var began = System.nanoTime();
                if (tick % TICKS_A_SEARCH == 0) {
                    search();
                }
                var more = poll(tick);
                // rests as long as it works, so that very many runs do not keep a core busy
                var took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                Thread.sleep(more ? 1 : Math.max(TICK_MILLIS, took));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void search() {
        try {
            update(RunFinder.below(root));
        } catch (IOException | RuntimeException e) {
            // the folder is gone, temporarily or permanently: what was found is shown, the next search tries again
        }
    }

    private synchronized void update(RunFinder.Found found) {
        var next = version + 1;
        var news = !searched;
        searched = true;
        var present = byId(found.runs());
        for (var id : List.copyOf(runs.keySet())) {
            if (!present.containsKey(id)) {
                runs.remove(id);
                changed.remove(id);
                removed.put(id, next);
                news = true;
            }
        }
        var nextReports = byId(found.reports());
        if (!nextReports.equals(reports)) {
            reports.clear();
            reports.putAll(nextReports);
            reportsChanged = next;
            news = true;
        }
        for (var entry : present.entrySet()) {
            news |= update(entry.getKey(), entry.getValue(), next);
        }
        version = news ? next : version;
        notifyAll();
    }

    private boolean update(String id, Path path, long next) {
        var known = Optional.ofNullable(runs.get(id));
        var run = known.orElseGet(() -> new RunFollower(id, name(path), path, registry, liveness));
        var news = run.report(reportOf(path)) || known.isEmpty();
        if (news) {
            runs.put(id, run);
            changed.put(id, next);
            removed.remove(id);
        }
        return news;
    }

    private Map<String, Path> byId(Collection<Path> folders) {
        var result = new LinkedHashMap<String, Path>();
        folders.forEach(path -> result.put(id(path), path));
        return result;
    }

    /** The report nearest above a run. */
    private Optional<String> reportOf(Path run) {
        for (var at = run; at != null && at.startsWith(root); at = at.getParent()) {
            var id = id(at);
            if (reports.containsKey(id)) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    private boolean poll(long tick) {
        var now = Instant.now();
        var more = false;
        for (var run : all()) {
            if (run.isOver() && !run.behind() && tick % TICKS_WHEN_OVER != 0) {
                continue;
            }
            try {
                if (run.poll(now)) {
                    mark(run);
                }
                more |= run.behind();
            } catch (IOException | RuntimeException e) {
                // removed, or temporarily unreadable: the others continue, the next tick tries again
            }
        }
        return more;
    }

    private synchronized List<RunFollower> all() {
        return List.copyOf(runs.values());
    }

    private synchronized void mark(RunFollower run) {
        if (runs.containsKey(run.id())) {
            version++;
            changed.put(run.id(), version);
            notifyAll();
        }
    }

    private String name(Path path) {
        var relative = root.relativize(path).toString();
        return relative.isEmpty() ? String.valueOf(root.getFileName()) : relative;
    }

    /** An id is the same at every start, so that a link to a run keeps its meaning. */
    private String id(Path path) {
        return HexFormat.of().formatHex(Sha256.of(root.relativize(path).toString()), 0, ID_BYTES);
    }

    /** A run by its id. */
    synchronized Optional<RunFollower> run(String id) {
        return Optional.ofNullable(runs.get(id));
    }

    /** The file of a report by its id. */
    synchronized Optional<Path> report(String id) {
        return Optional.ofNullable(reports.get(id)).map(folder -> folder.resolve(RunFinder.REPORT));
    }

    /**
     * A change of the list, as JSON shows it.
     *
     * @param version of the list as it is now
     * @param searched whether the folder has been searched yet
     * @param runs lines of runs that are new or changed
     * @param gone ids of runs that no longer exist
     * @param reports all reports, by id and name; absent if they are as before
     */
    record Changes(
            long version,
            boolean searched,
            List<Map<String, Object>> runs,
            List<String> gone,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<Map<String, String>>> reports) {}

    /** What changed since a version; for a version that is not this board's, everything. */
    Changes since(long seen) {
        var rows = new ArrayList<RunFollower>();
        Changes head;
        synchronized (this) {
            var from = seen > version ? 0 : seen;
            changed.forEach((id, at) -> {
                if (at > from) {
                    Optional.ofNullable(runs.get(id)).ifPresent(rows::add);
                }
            });
            var gone = removed.entrySet().stream()
                    .filter(e -> e.getValue() > from)
                    .map(Map.Entry::getKey)
                    .toList();
            var news = reportsChanged > from ? Optional.of(reportRows()) : Optional.<List<Map<String, String>>>empty();
            head = new Changes(version, searched, List.of(), gone, news);
        }
        // outside the lock: a run that is being read delays this reader only
        return new Changes(
                head.version(),
                head.searched(),
                rows.stream().map(RunFollower::row).toList(),
                head.gone(),
                head.reports());
    }

    private List<Map<String, String>> reportRows() {
        return reports.entrySet().stream()
                .map(e -> Map.of("id", e.getKey(), "name", name(e.getValue())))
                .toList();
    }

    /** Waits until the version differs, or the time is over. Returns whether it differs. */
    synchronized boolean await(long seen, long millis) throws InterruptedException {
        var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (version == seen) {
            var left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

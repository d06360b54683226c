package dev.tandem.cli.board;

import dev.tandem.train.track.MetricNames;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the folders of runs and of reports below a folder. Symbolic links are not followed: nothing outside is seen. */
final class RunFinder extends SimpleFileVisitor<Path> {
    static final String REPORT = "report.html";
    private static final int DEPTH = 5;
    private static final int MAX = 10_000;
    /** Folders that belong to a run and contain no other run. */
    private static final Set<String> INSIDE_A_RUN = Set.of("checkpoints", "final", "tensorboard");

    private static final Set<String> SIGNS = Set.of(MetricNames.FILE, "recipe.yaml", "state.json", REPORT);

    private final Path root;
    private final SortedMap<Path, SortedSet<String>> signs = new TreeMap<>();

    private RunFinder(Path root) {
        this.root = root;
    }

    /**
     * The folders that were found.
     *
     * @param runs folders of runs
     * @param reports folders with a report
     */
    record Found(SortedSet<Path> runs, SortedSet<Path> reports) {}

    /** Searches the folders to a depth of five. */
    static Found below(Path root) throws IOException {
        var finder = new RunFinder(root);
        Files.walkFileTree(root, EnumSet.noneOf(FileVisitOption.class), DEPTH + 1, finder);
        var runs = new TreeSet<Path>();
        var reports = new TreeSet<Path>();
        finder.signs.forEach((folder, names) -> {
            if (names.contains(MetricNames.FILE) || names.containsAll(Set.of("recipe.yaml", "state.json"))) {
                runs.add(folder);
            }
            if (names.contains(REPORT)) {
                reports.add(folder);
            }
        });
        return new Found(runs, reports);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        var name = String.valueOf(folder.getFileName());
        var skip = !folder.equals(root) && (name.startsWith(".") || INSIDE_A_RUN.contains(name));
        return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        var name = String.valueOf(file.getFileName());
        var folder = file.getParent();
        if (attributes.isRegularFile() && SIGNS.contains(name) && folder != null) {
            signs.computeIfAbsent(folder, f -> new TreeSet<>()).add(name);
        }
        return signs.size() < MAX ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        return FileVisitResult.CONTINUE; // a folder without permission to read, or one just removed
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
        return FileVisitResult.CONTINUE;
    }
}

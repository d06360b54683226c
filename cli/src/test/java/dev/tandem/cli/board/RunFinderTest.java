package dev.tandem.cli.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFinderTest {
    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void runs() throws IOException {
        root = folder.resolve("runs");
        new RunFolder(root.resolve("a")).completed().steps(1);
        Files.writeString(root.resolve("report.html"), "report");
        Files.writeString(folder.resolve("secret.txt"), "secret");
    }

    @Test
    void aRunThatHasNoMetricsYetIsFoundByItsRecipeAndState() throws IOException {
        new RunFolder(root.resolve("b")).recipe("{name: mix, lambda: 0.5}");
        assertThat(RunFinder.below(root).runs()).containsExactly(root.resolve("a"));
        new RunFolder(root.resolve("b")).running();
        assertThat(RunFinder.below(root).runs()).containsExactly(root.resolve("a"), root.resolve("b"));
    }

    @Test
    void linksOutOfTheFolderAreNotFollowed() throws Exception {
        var outside = folder.resolve("outside");
        new RunFolder(outside.resolve("hidden")).completed().steps(3);
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createDirectories(root.resolve("b"));
        Files.createSymbolicLink(root.resolve("b/metrics.jsonl"), outside.resolve("hidden/metrics.jsonl"));
        Files.createSymbolicLink(root.resolve("b/report.html"), folder.resolve("secret.txt"));
        var found = RunFinder.below(root);
        assertThat(found.runs()).containsExactly(root.resolve("a"));
        assertThat(found.reports()).containsExactly(root);
    }

    @Test
    void findsRunsToADepthOfFive() throws IOException {
        var five = root.resolve("1/2/3/4/5");
        new RunFolder(five).steps(1);
        new RunFolder(five.resolve("6")).steps(1);
        new RunFolder(root.resolve("a/checkpoints/step-3")).steps(1);
        assertThat(RunFinder.below(root).runs()).containsExactly(five, root.resolve("a"));
    }
}

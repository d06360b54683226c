package dev.tandem.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of all modules start their processes by {@link ChildProcesses}, which ends them. */
class EveryProcessTest {
    private static final Path MODULES = Path.of("..");

    @Test
    void isStartedByWhatEndsIt() throws IOException {
        try (var modules = Files.list(MODULES)) {
            var sources = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .flatMap(EveryProcessTest::files)
                    .filter(file -> text(file).contains("new ProcessBuilder(")
                            || text(file).contains(".exec(new String"))
                    .filter(file ->
                            !file.endsWith("ChildProcessesTest.java") && !file.endsWith("EveryProcessTest.java"))
                    .toList();
            assertThat(sources)
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(text(file)).contains("processes.start("));
        }
    }

    private static Stream<Path> files(Path folder) {
        try {
            return Files.walk(folder).filter(file -> file.toString().endsWith(".java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

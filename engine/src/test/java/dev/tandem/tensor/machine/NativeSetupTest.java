package dev.tandem.tensor.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class NativeSetupTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path cache;

    /** Otherwise a library is linked against the system's libtorch of another version, and the JVM crashes. */
    @Test
    void allOfLibtorchIsUnpackedBeforeAnyOfItIsLoaded() throws IOException, InterruptedException {
        var command = ChildProcesses.java(
                List.of("-Dorg.bytedeco.javacpp.cachedir=" + cache), Ensure.class.getName(), List.of());
        var process = processes.start(new ProcessBuilder(command).redirectErrorStream(true));
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(unpacked())
                .contains(
                        System.mapLibraryName("c10"),
                        System.mapLibraryName("torch_cpu"),
                        System.mapLibraryName("torch"),
                        System.mapLibraryName("jnitorch"))
                // OpenBLAS is unpacked when libtorch is loaded
                .doesNotContain(System.mapLibraryName("jniopenblas"));
    }

    private List<String> unpacked() throws IOException {
        try (var files = Files.walk(cache)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** A process that has loaded nothing native yet. */
    static final class Ensure {
        private Ensure() {}

        public static void main(String[] args) {
            NativeSetup.ensure();
        }
    }
}

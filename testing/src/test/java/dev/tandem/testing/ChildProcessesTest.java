package dev.tandem.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** No process outlives the test that started it. */
@DisabledOnOs(OS.WINDOWS)
class ChildProcessesTest {
    private static final String FOLDER = "dev.tandem.testing.folder";

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    /** Tests that another JUnit runs inside this one: it would be green if they were found here. */
    static final class Leaving {
        @RegisterExtension
        final ChildProcesses processes = ChildProcesses.ofEachTest();

        @Test
        void passes() throws Exception {
            assertThat(family().isAlive()).isTrue();
        }

        @Test
        void fails() throws Exception {
            assertThat(family().isAlive()).isFalse();
        }

        @Test
        @Timeout(value = 500, unit = TimeUnit.MILLISECONDS)
        void hangs() throws Exception {
            family().waitFor();
        }

        /** A process, its child, and a grandchild whose parent has ended; each writes its number into a file. */
        private Process family() throws Exception {
            var script =
                    "echo $$ >own; sh -c 'echo $$ >child; sleep 600' & (sh -c 'echo $$ >orphan; sleep 600' &); sleep 600";
            var process = processes.start(new ProcessBuilder("sh", "-c", script)
                    .directory(Path.of(System.getProperty(FOLDER)).toFile()));
            while (numbers().size() < 3) {
                Thread.sleep(5);
            }
            return process;
        }
    }

    private static List<Long> numbers() throws IOException {
        var result = new ArrayList<Long>();
        for (var name : List.of("own", "child", "orphan")) {
            var file = Path.of(System.getProperty(FOLDER)).resolve(name);
            if (Files.exists(file) && !Files.readString(file).isBlank()) {
                result.add(Long.parseLong(Files.readString(file).strip()));
            }
        }
        return result;
    }

    @BeforeEach
    void name() {
        System.setProperty(FOLDER, folder.toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty(FOLDER);
    }

    @ParameterizedTest
    @EnabledOnOs(OS.LINUX)
    @ValueSource(strings = {"passes", "fails", "hangs"})
    void allEndWithTheTest(String test) throws Exception {
        var outcome = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectMethod(Leaving.class, test))
                                .build(),
                        outcome);
        assertThat(outcome.getSummary().getTestsSucceededCount()).isEqualTo(test.equals("passes") ? 1 : 0);
        assertThat(outcome.getSummary().getTestsFailedCount()).isEqualTo(test.equals("passes") ? 0 : 1);
        assertThat(numbers())
                .hasSize(3)
                .allSatisfy(number -> assertThat(ProcessHandle.of(number)).isEmpty());
    }

    @Test
    void signalsThatTheParentIgnoresAreNotIgnored() throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "trap '' INT HUP; exec \"$0\" \"$@\""));
        command.addAll(Signals.byDefault());
        command.addAll(List.of("sh", "-c", "kill -INT $$; exit 7"));
        assertThat(new ProcessBuilder(command).start().waitFor())
                .isEqualTo(Signals.byDefault().isEmpty() ? 7 : 130);
    }

    @Test
    void aJvmHasThisClassPath() throws Exception {
        var command = ChildProcesses.java(List.of("-Xmx64m"), Greeting.class.getName(), List.of("hello"));
        var process = processes.start(new ProcessBuilder(command));
        assertThat(process.inputReader().readLine()).isEqualTo("hello");
    }

    static final class Greeting {
        private Greeting() {}

        public static void main(String[] arguments) {
            System.out.println(arguments[0]);
        }
    }
}

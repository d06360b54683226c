package dev.tandem.train.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.LocalHost;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.run.TinyRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The second of two runs in one folder learns which process runs the first; a dead one blocks no other. */
@Timeout(60)
class RunLockTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    /** Another process: holds the lock of a folder until its input ends, or reports why it cannot. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (var lock = RunLock.take(new RunDirectory(Path.of(args[0])), 1, message -> {})) {
                System.out.println("held");
                System.out.flush();
                while (System.in.read() >= 0) {
                    // waits
                }
            } catch (UserException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private Process holder() throws IOException {
        var command = ChildProcesses.java(
                List.of(), Holder.class.getName(), List.of(run().root().toString()));
        return processes.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD));
    }

    private static String said(Process process) throws IOException {
        return process.inputReader(StandardCharsets.UTF_8).readLine();
    }

    private RunDirectory run() {
        return new RunDirectory(folder.resolve("run"));
    }

    private RunLock take(List<String> messages) {
        return RunLock.take(run(), 1, messages::add);
    }

    @Test
    void anotherProcessIsNamedAndItsDeathNoticed() throws Exception {
        var other = holder();
        assertThat(said(other)).isEqualTo("held");
        assertThatThrownBy(() -> take(new ArrayList<>()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("another run works in this folder: process " + other.pid() + " on "
                        + LocalHost.name() + ", since 20");
        other.destroyForcibly().waitFor();
        assertThat(run().lockOwner()).exists();
        var messages = new ArrayList<String>();
        take(messages).close();
        assertThat(messages)
                .hasSize(1)
                .first()
                .asString()
                .startsWith("Taking over the run folder from process " + other.pid());
        assertThat(run().root()).isEmptyDirectory();
    }

    @Test
    void aRunOfTheSameProcessIsRefusedAndTheLockStays() throws Exception {
        var messages = new ArrayList<String>();
        try (var lock = take(messages)) {
            for (var i = 0; i < 2; i++) {
                assertThatThrownBy(() -> take(messages))
                        .hasMessageContaining(
                                "process " + ProcessHandle.current().pid() + " on ");
            }
            var other = holder();
            assertThat(said(other))
                    .contains("process " + ProcessHandle.current().pid() + " on ");
            other.waitFor();
        }
        take(messages).close();
        assertThat(messages).isEmpty();
        assertThat(run().root()).doesNotExist();
    }

    @Test
    void twoTrainingRunsInOneFolder() {
        var recipe = new TinyRun(folder).recipe("run", "train.steps=2");
        var refused = new ArrayList<String>();
        TinyRun.train(recipe, false, new ArrayList<>(), () -> {
            for (var resume : List.of(false, true)) {
                try {
                    TinyRun.messages(recipe, resume);
                } catch (UserException e) {
                    refused.add(e.getMessage());
                }
            }
            return false;
        });
        assertThat(refused).hasSize(4).allMatch(m -> m.contains("another run works in this folder"));
        assertThat(run().finalModel()).isDirectory();
        assertThat(run().lock()).doesNotExist();
        assertThat(run().lockOwner()).doesNotExist();
    }

    @Test
    void anOwnerThatCannotBeReadIsNoOwner() throws IOException {
        Files.createDirectories(run().root());
        Files.writeString(run().lockOwner(), "{\"pid\":");
        take(new ArrayList<>()).close();
        assertThat(run().root()).isEmptyDirectory();
    }
}

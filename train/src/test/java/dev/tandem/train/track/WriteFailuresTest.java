package dev.tandem.train.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.AppendedFile;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.RunTrackers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Full disks: {@code /dev/full}, and a limit on the size of files. */
@EnabledOnOs(OS.LINUX)
class WriteFailuresTest {
    private static final int RECORD = 1_000;

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private RunTrackers trackersWithoutRoom(WriteFailures failures) throws IOException {
        Files.createSymbolicLink(new RunDirectory(folder).metrics(), Path.of("/dev/full"));
        var trackers = RunTrackers.open(Trackers.DEFAULTS, TrackerContext.ofNewRun(folder), failures);
        trackers.begin(Map.of());
        return trackers;
    }

    private static StepEvent step(int step) {
        return new StepEvent(step, Map.of("sft", 1.0), Map.of(), Map.of(), 1.0, 0.1, 10, 5, 0.5, false);
    }

    @Test
    void aRunStopsWhenALineCannotBeWritten() {
        assertThatThrownBy(() -> trackersWithoutRoom(new WriteFailures(OnWriteFailure.STOP, warning -> {})))
                .isInstanceOf(UserException.class)
                .hasMessage("Cannot write " + folder.resolve("metrics.jsonl")
                        + ": No space left on device. The disk may be full.");
    }

    @Test
    void orGoesOnAndSaysItNowAndThen() throws IOException {
        var warnings = new ArrayList<String>();
        var failures = new WriteFailures(OnWriteFailure.CONTINUE, warnings::add);
        try (var trackers = trackersWithoutRoom(failures)) {
            for (var i = 0; i < 99; i++) {
                trackers.onStep(step(i));
            }
        }
        assertThat(failures.count()).isEqualTo(100);
        assertThat(warnings).hasSize(7).allMatch(w -> w.contains("No space left on device"));
        assertThat(warnings.get(6)).endsWith("failures so far: 64");
    }

    @Test
    void whatIsNoFailureOfTheDiskIsNeverPassedOver() {
        var failures = new WriteFailures(OnWriteFailure.CONTINUE, warning -> {});
        assertThatThrownBy(() -> failures.attempt(() -> {
                    throw new UserException("another mistake");
                }))
                .hasMessage("another mistake");
        assertThat(failures.count()).isZero();
    }

    /** Another process: appends records until one fails. */
    static final class Appender {
        private Appender() {}

        public static void main(String[] args) throws IOException {
            var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try (var file = AppendedFile.open(Path.of(args[0]), options)) {
                for (var i = 0; i < 100; i++) {
                    file.append(ByteBuffer.allocate(RECORD));
                }
            }
        }
    }

    @Test
    void aRecordThatBreaksOffIsTakenBack() throws Exception {
        var file = folder.resolve("records");
        var command = new ArrayList<>(List.of("bash", "-c", "ulimit -f 64 && exec \"$0\" \"$@\""));
        command.addAll(ChildProcesses.java(List.of(), Appender.class.getName(), List.of(file.toString())));
        assertThat(processes.run(command.toArray(String[]::new))).isEqualTo(1);
        // 65,536 bytes were allowed
        assertThat(Files.size(file)).isEqualTo(65 * RECORD);
    }
}

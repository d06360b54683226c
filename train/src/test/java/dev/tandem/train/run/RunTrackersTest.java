package dev.tandem.train.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.train.event.EvaluationEvent;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.track.OnWriteFailure;
import dev.tandem.train.track.Tracker;
import dev.tandem.train.track.TrackerContext;
import dev.tandem.train.track.TrackerRecipe;
import dev.tandem.train.track.TrackerType;
import dev.tandem.train.track.WriteFailures;
import dev.tandem.yaml.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a run calls its trackers, a program's own among them, and what their failures do. */
class RunTrackersTest {
    @TempDir
    Path folder;

    /** Records its calls. */
    private record Notes(String name, List<String> heard, RuntimeException atStep, RuntimeException atClose)
            implements TrackerRecipe {
        private static final RuntimeException NONE = new RuntimeException();

        Notes(String name, List<String> heard) {
            this(name, heard, NONE, NONE);
        }

        @Override
        public TrackerType type() {
            return new TrackerType() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public TrackerRecipe parse(Section section) {
                    throw new AssertionError();
                }
            };
        }

        @Override
        public Tracker create(TrackerContext run) {
            add("open " + (run.resumed() ? "after " + run.stepsDone() : "new") + " " + run.evaluated());
            return new Tracker() {
                @Override
                public void begin(Map<String, Object> data) {
                    add("begin " + String.join(",", data.keySet()));
                }

                @Override
                public void onStep(StepEvent event) {
                    fail(atStep);
                    add("step " + event.step());
                }

                @Override
                public void onEvaluation(EvaluationEvent event) {
                    add("evaluation " + event.step());
                }

                @Override
                public void onMessage(String message) {
                    add(message);
                }

                @Override
                public void force() {
                    add("force");
                }

                @Override
                public void end(Map<String, Object> summary) {
                    add("end " + summary.get("reason"));
                }

                @Override
                public void close() {
                    fail(atClose);
                    add("close");
                }
            };
        }

        private void add(String what) {
            heard.add(name + ": " + what);
        }

        private static void fail(RuntimeException e) {
            if (e != NONE) {
                throw e;
            }
        }
    }

    private static StepEvent step(int step) {
        return new StepEvent(step, Map.of("sft", 1.0), Map.of(), Map.of(), 1.0, 0.1, 10, 5, 0.5, false);
    }

    @Test
    void aRunTellsItsTrackersEverythingAndForcesThemBeforeACheckpoint() {
        var heard = new ArrayList<String>();
        var recipe = new TinyRun(folder)
                .recipe("run", "train.steps=4", "train.evaluate-every=2", "train.checkpoint-every=2")
                .withTrackers(List.of(new Notes("a", heard)));
        TinyRun.messages(recipe, false);
        assertThat(heard)
                .containsExactly(
                        "a: open new false",
                        "a: begin sft,preference",
                        "a: evaluation 0",
                        "a: step 0",
                        "a: step 1",
                        "a: evaluation 2",
                        "a: force",
                        "a: Checkpoint written after step 2",
                        "a: step 2",
                        "a: step 3",
                        "a: evaluation 4",
                        "a: force",
                        "a: Checkpoint written after step 4",
                        "a: end completed",
                        "a: close");
        assertThat(new RunDirectory(recipe.output()).metrics()).doesNotExist();
    }

    @Test
    void failuresToWriteAreCountedAndOthersEndTheRun() {
        var heard = new ArrayList<String>();
        var full = new UserException("no room", new IOException("No space left on device"));
        var none = new Notes("b", heard);
        var failures = new WriteFailures(OnWriteFailure.CONTINUE, heard::add);
        var run = TrackerContext.ofNewRun(folder);
        try (var trackers = RunTrackers.open(List.of(new Notes("a", heard, full, Notes.NONE), none), run, failures)) {
            trackers.onStep(step(0));
        }
        assertThat(failures.count()).isEqualTo(1);
        assertThat(heard)
                .containsExactly(
                        "a: open new false",
                        "b: open new false",
                        "Warning: no room The run continues, as train.on-write-failure says; failures so far: 1",
                        "b: step 0",
                        "b: close",
                        "a: close");

        var bug = new IllegalStateException("a bug");
        try (var trackers = RunTrackers.open(List.of(new Notes("a", heard, bug, Notes.NONE)), run, failures)) {
            assertThatThrownBy(() -> trackers.onStep(step(0))).isSameAs(bug);
        }
    }

    @Test
    void allAreClosedOnceWhateverFails() {
        var heard = new ArrayList<String>();
        var failures = new WriteFailures(OnWriteFailure.STOP, heard::add);
        var bug = new IllegalStateException("a bug");
        var recipes = List.<TrackerRecipe>of(new Notes("a", heard), new Notes("b", heard, Notes.NONE, bug));
        var trackers = RunTrackers.open(recipes, TrackerContext.ofNewRun(folder), failures);
        assertThatThrownBy(trackers::close).isSameAs(bug);
        trackers.close();
        assertThat(heard).filteredOn(line -> line.endsWith("close")).containsExactly("a: close");
    }
}

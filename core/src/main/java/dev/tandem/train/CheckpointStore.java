package dev.tandem.train;

import dev.tandem.AtomicFiles;
import dev.tandem.InputJson;
import dev.tandem.UserException;
import dev.tandem.data.StreamState;
import dev.tandem.method.MethodState;
import dev.tandem.model.ModelWriter;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.SafetensorsFile;
import dev.tandem.tensor.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checkpoints of a run, one folder {@code checkpoints/step-N} each. A folder is written under a temporary name, forced to
 * the disk and renamed when it is whole; before one is read, every file is compared with its manifest.
 *
 * <p>It holds {@code trainable.safetensors} (the trained parameters, float32), {@code optimizer.safetensors} (both
 * moments, flat, and the step count), {@code state.json} (a {@link TrainingState} and this format's version), with LoRA the
 * adapter in its usual format, so that a checkpoint can be used like a finished run, and {@code manifest.json} (a
 * {@link CheckpointManifest}). Version 1 had no manifest and no evaluations in its state; it is read, unchecked.
 */
public final class CheckpointStore {
    private static final int UNCHECKED_VERSION = 1;
    private static final String TRAINABLE = "trainable.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final int MAX_STATE_BYTES = 10_000_000;
    private static final List<String> OPTIMIZER_TENSORS = List.of("first_moment", "second_moment", "step");

    private final CheckpointFolder folder;
    private final Path baseModel;
    private final Policy policy;
    private final AdamW optimizer;
    private final int keep;

    /**
     * @param directory folder of all checkpoints of the run
     * @param baseModel model directory the policy started from
     * @param keep newest checkpoints that are kept, at least 1
     */
    public CheckpointStore(Path directory, Path baseModel, Policy policy, AdamW optimizer, int keep) {
        this.folder = new CheckpointFolder(directory);
        this.baseModel = baseModel;
        this.policy = policy;
        this.optimizer = optimizer;
        this.keep = keep;
    }

    /**
     * Writes a checkpoint, and then removes those that are older than the ones to keep.
     *
     * @throws UserException if it cannot be written; older checkpoints are untouched then, and there is nothing of the new one
     */
    public void save(TrainingState state) {
        var target = folder.of(state.step());
        var temporary = folder.writing(state.step());
        try {
            folder.removeLeftovers();
            Files.createDirectories(temporary);
            write(temporary, state);
            folder.remove(target);
            AtomicFiles.publish(temporary, target);
        } catch (IOException | UserException e) {
            discard(temporary, e);
            throw new UserException(
                    "Cannot write checkpoint " + target + ": " + e.getMessage()
                            + ". Earlier checkpoints are untouched. Make room on the disk, then go on with --resume.",
                    e);
        }
        folder.removeOlder(state.step(), keep);
    }

    private void write(Path temporary, TrainingState state) throws IOException {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            SafetensorsWriter.write(
                    temporary.resolve(TRAINABLE), policy.parameters().leaves(), DType.F32);
            SafetensorsWriter.write(temporary.resolve(OPTIMIZER), optimizerTensors(), DType.F32);
            policy.adapter()
                    .ifPresent(adapter ->
                            ModelWriter.writeAdapter(temporary.resolve("adapter"), adapter, baseModel.toString()));
            AtomicFiles.write(temporary.resolve(STATE), JsonMapper.shared().writeValueAsString(json(state)));
            CheckpointManifest.write(temporary);
        }
    }

    private static void discard(Path temporary, Exception cause) {
        try {
            AtomicFiles.deleteTree(temporary);
        } catch (UserException e) {
            cause.addSuppressed(e); // a leftover is removed when the next checkpoint is written
        }
    }

    /** The newest checkpoint of a run's folder of checkpoints by its name, if there is one; its files are not checked. */
    public static Optional<Path> newest(Path directory) {
        return new CheckpointFolder(directory).newestFirst().stream().findFirst();
    }

    /**
     * Puts parameters and optimizer back to the newest checkpoint that is whole.
     *
     * @param messages told which checkpoint it is, and what is wrong with newer ones
     * @return where training was
     * @throws UserException if there is no whole checkpoint, or it does not fit the recipe's policy
     */
    public TrainingState restore(Consumer<String> messages) {
        var problems = new ArrayList<String>();
        for (var checkpoint : folder.newestFirst()) {
            var problem = problem(checkpoint);
            if (problem.isEmpty()) {
                problems.forEach(p -> messages.accept("Warning: " + p + ". Going back to the one before."));
                messages.accept("Resuming from " + checkpoint);
                return restore(checkpoint);
            }
            problems.add("checkpoint " + checkpoint + " cannot be used: " + problem.get());
        }
        throw new UserException("No checkpoint in " + folder.root() + " can be used: " + String.join("; ", problems)
                + ". Restore one from a copy, or remove the run's folder and start anew.");
    }

    private static Optional<String> problem(Path checkpoint) {
        return isUnchecked(checkpoint)
                ? Optional.empty()
                : CheckpointManifest.problem(checkpoint, List.of(TRAINABLE, OPTIMIZER, STATE));
    }

    /** Whether it is of the version that had no manifest. */
    private static boolean isUnchecked(Path checkpoint) {
        try {
            return !Files.exists(checkpoint.resolve(CheckpointManifest.NAME))
                    && savedState(checkpoint).version() == UNCHECKED_VERSION;
        } catch (UserException | JacksonException e) {
            return false;
        }
    }

    private TrainingState restore(Path checkpoint) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            copyInto(checkpoint.resolve(TRAINABLE), policy.parameters().leaves());
            copyInto(checkpoint.resolve(OPTIMIZER), optimizerTensors());
            return state(savedState(checkpoint));
        } catch (JacksonException e) {
            throw new UserException("Cannot read checkpoint " + checkpoint + ": " + e.getOriginalMessage(), e);
        }
    }

    private static SavedState savedState(Path checkpoint) {
        return JsonMapper.shared()
                .convertValue(InputJson.object(checkpoint.resolve(STATE), MAX_STATE_BYTES), SavedState.class);
    }

    private static void copyInto(Path file, Map<String, Tensor> targets) {
        try (var saved = SafetensorsFile.open(file)) {
            if (!saved.names().equals(targets.keySet())) {
                throw new UserException(file + " holds other parameters than this recipe trains. Resume with the recipe"
                        + " the checkpoint was made with.");
            }
            targets.forEach((name, target) -> {
                if (!Arrays.equals(saved.shape(name), target.shape())) {
                    throw new UserException(file + ": '" + name + "' has another shape than in this recipe's model.");
                }
                // detached: a leaf that requires a gradient refuses writes in place, its storage does not
                target.detach().copy_(saved.tensor(name));
            });
        }
    }

    private Map<String, Tensor> optimizerTensors() {
        var state = optimizer.state();
        var result = new LinkedHashMap<String, Tensor>();
        IntStream.range(0, state.size()).forEach(i -> result.put(OPTIMIZER_TENSORS.get(i), state.get(i)));
        return result;
    }

    /** The JSON form of {@link TrainingState}. */
    private record SavedState(
            int version,
            int step,
            Map<String, Double> method,
            Map<String, StreamState> streams,
            Optional<EvaluationEvent> first,
            Optional<EvaluationEvent> last,
            long tokens,
            double seconds,
            int skipped,
            int skippedInARow) {}

    private static SavedState json(TrainingState state) {
        return new SavedState(
                CheckpointManifest.VERSION,
                state.step(),
                state.method().values(),
                state.streams(),
                state.first(),
                state.last(),
                state.tokens(),
                state.seconds(),
                state.skipped(),
                state.skippedInARow());
    }

    private static TrainingState state(SavedState saved) {
        return new TrainingState(
                saved.step(),
                new MethodState(saved.method()),
                saved.streams(),
                saved.first(),
                saved.last(),
                saved.tokens(),
                saved.seconds(),
                saved.skipped(),
                saved.skippedInARow());
    }

    /** Steps done when a checkpoint was taken, by the name of its folder. */
    public static int steps(Path checkpoint) {
        return CheckpointFolder.step(checkpoint).orElseThrow();
    }
}

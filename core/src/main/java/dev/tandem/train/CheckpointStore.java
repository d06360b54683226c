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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checkpoints of a run, one folder {@code checkpoints/step-N} each. A folder is written under a temporary name and
 * renamed when it is whole, so one that has the final name is complete.
 *
 * <p>It holds {@code trainable.safetensors} (the trained parameters, float32), {@code optimizer.safetensors} (both
 * moments, flat, and the step count), {@code state.json} (a {@link TrainingState} and this format's version), and the
 * model or adapter itself in its usual format, so that a checkpoint can be used like a finished run.
 */
public final class CheckpointStore {
    private static final int VERSION = 1;
    private static final String TRAINABLE = "trainable.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";
    private static final int MAX_STATE_BYTES = 10_000_000;
    private static final List<String> OPTIMIZER_TENSORS = List.of("first_moment", "second_moment", "step");

    private final Path directory;
    private final Path baseModel;
    private final Policy policy;
    private final AdamW optimizer;

    /**
     * @param directory folder of all checkpoints of the run
     * @param baseModel model directory the policy started from
     */
    public CheckpointStore(Path directory, Path baseModel, Policy policy, AdamW optimizer) {
        this.directory = directory;
        this.baseModel = baseModel;
        this.policy = policy;
        this.optimizer = optimizer;
    }

    /** Writes a checkpoint. @throws UserException if it cannot be written; older checkpoints are untouched */
    public void save(TrainingState state) {
        var target = directory.resolve("step-" + state.step());
        var temporary = directory.resolve(".step-" + state.step() + ".writing");
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            AtomicFiles.deleteTree(temporary);
            Files.createDirectories(temporary);
            SafetensorsWriter.write(
                    temporary.resolve(TRAINABLE), policy.parameters().leaves(), DType.F32);
            SafetensorsWriter.write(temporary.resolve(OPTIMIZER), optimizerTensors(), DType.F32);
            policy.adapter()
                    .ifPresent(adapter ->
                            ModelWriter.writeAdapter(temporary.resolve("adapter"), adapter, baseModel.toString()));
            Files.writeString(temporary.resolve(STATE), JsonMapper.shared().writeValueAsString(json(state)));
            AtomicFiles.deleteTree(target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserException("Cannot write checkpoint " + target + ": " + e.getMessage(), e);
        }
    }

    /** The newest complete checkpoint, if there is one. */
    public Optional<Path> newest() {
        return newest(directory);
    }

    /** The newest complete checkpoint of a run's folder of checkpoints, if there is one. */
    public static Optional<Path> newest(Path directory) {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var entries = Files.list(directory)) {
            return entries.filter(p -> step(p).isPresent()).max(Comparator.comparingInt(p -> step(p).getAsInt()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts parameters and optimizer back.
     *
     * @return where training was
     * @throws UserException if the checkpoint does not fit the recipe's policy
     */
    public TrainingState restore(Path checkpoint) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            copyInto(checkpoint.resolve(TRAINABLE), policy.parameters().leaves());
            copyInto(checkpoint.resolve(OPTIMIZER), optimizerTensors());
            var json = InputJson.object(checkpoint.resolve(STATE), MAX_STATE_BYTES);
            return state(JsonMapper.shared().convertValue(json, SavedState.class), checkpoint);
        } catch (JacksonException e) {
            throw new UserException(
                    "Cannot read checkpoint " + checkpoint + ": " + e.getOriginalMessage()
                            + ". Remove its folder to go on from the one before.",
                    e);
        }
    }

    private static void copyInto(Path file, Map<String, Tensor> targets) {
        try (var saved = SafetensorsFile.open(file)) {
            if (!saved.names().equals(targets.keySet())) {
                throw new UserException(file + " holds other parameters than this recipe trains. Resume with the recipe"
                        + " the checkpoint was made with.");
            }
            targets.forEach((name, target) -> {
                if (!java.util.Arrays.equals(saved.shape(name), target.shape())) {
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
            long tokens,
            double seconds) {}

    private static SavedState json(TrainingState state) {
        return new SavedState(
                VERSION, state.step(), state.method().values(), state.streams(), state.tokens(), state.seconds());
    }

    private static TrainingState state(SavedState saved, Path checkpoint) {
        if (saved.version() != VERSION) {
            throw new UserException("Checkpoint " + checkpoint + " has format version " + saved.version()
                    + "; this version of Tandem reads " + VERSION + ".");
        }
        return new TrainingState(
                saved.step(), new MethodState(saved.method()), saved.streams(), saved.tokens(), saved.seconds());
    }

    /** Steps done when a checkpoint was taken, by the name of its folder. */
    public static int steps(Path checkpoint) {
        return step(checkpoint).orElseThrow();
    }

    private static OptionalInt step(Path path) {
        var name = path.getFileName().toString();
        return name.matches("step-\\d{1,9}")
                ? OptionalInt.of(Integer.parseInt(name.substring("step-".length())))
                : OptionalInt.empty();
    }
}

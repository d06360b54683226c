package dev.tandem.train.export;

import dev.tandem.UserException;
import dev.tandem.data.example.Example;
import dev.tandem.io.AtomicFiles;
import dev.tandem.model.checkpoint.MergedCheckpoint;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.DType;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.RunData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Makes a model that other programs can load of a base and an adapter: merged, in the dtype and the shards asked for, with a
 * model card, and checked against its source before it gets its name.
 *
 * @param model Hugging Face model directory
 * @param adapter PEFT adapter directory over it
 * @param out folder to make; must not exist
 * @param stored dtype of the weights
 * @param shardBytes a file of weights holds at most this much, or a single tensor
 * @param run run directory that the model card describes; absent: the one that the adapter or the model is in, if any
 * @param device that the check computes on: {@code auto}, {@code cpu} or {@code cuda[:n]}
 */
public record ModelExport(
        Path model,
        Optional<Path> adapter,
        Path out,
        Stored stored,
        long shardBytes,
        Optional<Path> run,
        String device) {
    /** Dtypes of exported weights. */
    public enum Stored {
        /** 32-bit floats. */
        FP32(DType.F32),
        /** bfloat16. */
        BF16(DType.BF16),
        /** 16-bit floats. */
        FP16(DType.F16);

        private final DType type;

        Stored(DType type) {
            this.type = type;
        }

        DType type() {
            return type;
        }
    }

    private static final int ROWS_PER_OBJECTIVE = 64;

    /**
     * Exports.
     *
     * @param check whether to score the result against its source
     * @param messages receives what was done and found
     * @return false if the result does not score as its source does; nothing is left then
     * @throws UserException if an input is unusable, the folder exists, or a file cannot be written
     */
    public boolean write(boolean check, Consumer<String> messages) {
        return write(check ? Optional.of(adapter) : Optional.empty(), messages);
    }

    /** Exports; the check, if there is one, takes the adapter given for it. */
    boolean write(Optional<Optional<Path>> checked, Consumer<String> messages) {
        var target = out.toAbsolutePath().normalize();
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new UserException(out + " exists. Choose another --out, or remove it.");
        }
        var temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(temporary);
            var written = MergedCheckpoint.write(model, adapter, temporary, stored.type(), shardBytes);
            messages.accept(described(written));
            if (checked.isPresent() && !passes(checked.orElseThrow(), temporary, messages)) {
                return false;
            }
            AtomicFiles.write(
                    temporary.resolve("README.md"), new ModelCard(model, adapter, stored.type(), toldRun()).text());
            AtomicFiles.publish(temporary, target);
            return true;
        } catch (IOException e) {
            throw new UserException("Cannot write " + out + ": " + e + ". Is the folder writable, the disk full?", e);
        } finally {
            AtomicFiles.deleteTree(temporary);
        }
    }

    private String described(MergedCheckpoint.Written written) {
        var merged = adapter.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", %d of the %d that the adapter attaches to changed",
                        written.changed(),
                        written.attached());
        return String.format(
                Locale.ROOT,
                "%d tensors%s; %s, %,d bytes in %d file%s",
                written.tensors(),
                merged,
                stored.type().torchName(),
                written.bytes(),
                written.files(),
                written.files() == 1 ? "" : "s");
    }

    private boolean passes(Optional<Path> expected, Path exported, Consumer<String> messages) {
        var tolerance = ExportCheck.Tolerance.of(stored.type());
        var examples = new ArrayList<>(ExportCheck.randomExamples(ModelFamilies.read(model)));
        toldRun().ifPresent(folder -> examples.addAll(evaluationRows(folder, messages)));
        var difference = new ExportCheck(device).compare(model, expected, exported, examples);
        var passed = difference.within(tolerance);
        messages.accept(String.format(
                Locale.ROOT,
                "Check: log-probs of %,d tokens differ from the source's by %.2e on average, %.2e at most"
                        + " (tolerance for %s: %s): %s",
                difference.tokens(),
                difference.mean(),
                difference.max(),
                stored.type().torchName(),
                tolerance,
                passed ? "passed" : "FAILED"));
        difference.effect().ifPresent(effect -> {
            if (effect > 0 && difference.mean() > effect / 2) {
                messages.accept(String.format(
                        Locale.ROOT,
                        "Note: the adapter itself changes log-probs by %.2e on average, so rounding to %s hides"
                                + " much of it. --dtype fp32 keeps it.",
                        effect,
                        stored.type().torchName()));
            }
        });
        return passed;
    }

    private static List<Example> evaluationRows(Path folder, Consumer<String> messages) {
        try {
            var recipe = RecipeReader.read(new RunDirectory(folder).recipe(), List.of());
            return RunData.load(recipe, message -> {}).byObjective().values().stream()
                    .flatMap(data -> data.evaluation().stream().limit(ROWS_PER_OBJECTIVE))
                    .toList();
        } catch (UserException e) {
            messages.accept("Note: checked without the run's evaluation rows, which cannot be read: " + e.getMessage());
            return List.of();
        }
    }

    /** The run asked for, or the one that the adapter, else the model, is in. */
    private Optional<Path> toldRun() {
        if (run.isPresent()) {
            var folder = run.orElseThrow();
            if (!Files.isRegularFile(new RunDirectory(folder).recipe())) {
                throw new UserException(folder + " is not a run folder: it has no recipe.yaml. Check --run.");
            }
            return run;
        }
        // <run>/final or <run>/checkpoints/step-N/…
        var at = adapter.orElse(model).toAbsolutePath().normalize().getParent();
        for (var up = 0; up < 3 && at != null; up++, at = at.getParent()) {
            var folder = new RunDirectory(at);
            if (Files.isRegularFile(folder.recipe()) && Files.isRegularFile(folder.metrics())) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }
}

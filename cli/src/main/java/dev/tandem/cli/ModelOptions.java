package dev.tandem.cli;

import dev.tandem.eval.TextModels;
import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model computes, where and how precisely. */
final class ModelOptions {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Hugging Face model directory.")
    private Path model = Path.of("");

    @Option(names = "--adapter", paramLabel = "DIR", description = "PEFT adapter directory over the model.")
    private @Nullable Path adapter;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu or cuda[:n] (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(
            names = "--precision",
            defaultValue = "fp32",
            paramLabel = "fp32|bf16",
            description = "dtype of weights and activations (default: ${DEFAULT-VALUE}).")
    private Precision precision = Precision.FP32;

    /** Fetches what is named by address. To be called before all else. */
    void fetch(HubPaths paths) {
        model = paths.local(model);
        adapter = adapter == null ? null : paths.local(adapter);
    }

    Path model() {
        return model;
    }

    Optional<Path> adapter() {
        return Optional.ofNullable(adapter);
    }

    String device() {
        return device;
    }

    Precision precision() {
        return precision;
    }

    TextModel open() {
        return open(adapter());
    }

    /** The model with another adapter. */
    TextModel open(Optional<Path> other) {
        return TextModels.open(model, other, device, precision);
    }

    /** How the model is called in files: its folder, and the adapter's. */
    String name() {
        return adapter == null ? model.toString() : model + " + " + adapter;
    }
}

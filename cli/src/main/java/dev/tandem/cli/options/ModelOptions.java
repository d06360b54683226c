package dev.tandem.cli.options;

import dev.tandem.hub.HubAddress;
import dev.tandem.inference.TextModels;
import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the model, its device and its precision. */
public final class ModelOptions {
    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "Hugging Face model directory, or a PEFT adapter that names its base.")
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

    /** Fetches what is named by address, and finds the base of an adapter that is named alone. Must be called first. */
    public void fetch(HubPaths paths) {
        var found = AdaptedModel.of(model, adapter(), paths);
        model = found.model();
        adapter = found.adapter().orElse(null);
    }

    public Path model() {
        return model;
    }

    public Optional<Path> adapter() {
        return Optional.ofNullable(adapter);
    }

    public String device() {
        return device;
    }

    public Precision precision() {
        return precision;
    }

    public TextModel open() {
        return open(adapter());
    }

    /** The model with another adapter. */
    public TextModel open(Optional<Path> other) {
        return TextModels.open(model, other, device, precision);
    }

    /**
     * A short name of the model: the folder of adapter or model, or its name on a hub. Must be called before
     * {@link #fetch}.
     */
    public String shortName() {
        var path = adapter == null ? model : adapter;
        return HubAddress.of(path).map(HubAddress::id).orElseGet(() -> {
            var absolute = path.toAbsolutePath().normalize();
            // runs keep their final model in a folder of this name
            var up = absolute.endsWith("final") && absolute.getNameCount() > 1 ? 2 : 1;
            return absolute.getNameCount() == 0
                    ? "model"
                    : absolute.getName(absolute.getNameCount() - up).toString();
        });
    }

    /**
     * A text that differs between models whose answers may differ, judged by the names, sizes and times of their files.
     */
    public String fingerprint() {
        var text = new StringBuilder(model + "\n" + adapter + "\n" + precision + "\n" + device);
        for (var folder : adapter == null ? List.of(model) : List.of(model, adapter)) {
            for (var file :
                    List.of("config.json", "model.safetensors", "tokenizer.json", "adapter_model.safetensors")) {
                var attributes = folder.resolve(file).toFile();
                text.append('\n').append(attributes.length()).append(' ').append(attributes.lastModified());
            }
        }
        return String.format(
                Locale.ROOT, "fp_%08x", Arrays.hashCode(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** The model's name in files: its folder and the adapter's. */
    public String name() {
        return adapter == null ? model.toString() : model + " + " + adapter;
    }
}

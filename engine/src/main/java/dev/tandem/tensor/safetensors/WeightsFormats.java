package dev.tandem.tensor.safetensors;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The formats that model weights are read from. */
public final class WeightsFormats {
    /** The first that a directory holds is read. */
    public static final List<WeightsFormat> ALL = List.of(SafetensorsModelReader.FORMAT);

    private WeightsFormats() {}

    /**
     * Opens and validates the weights of a model directory.
     *
     * @throws UserException if there are none, if only pickled weights are there, or if files are malformed
     */
    public static WeightsReader open(Path directory) {
        return ALL.stream()
                .filter(format -> format.isIn(directory))
                .findFirst()
                .orElseThrow(() -> absent(directory))
                .open(directory);
    }

    private static UserException absent(Path directory) {
        if (!Files.isDirectory(directory)) {
            return new UserException("Model directory " + directory + " does not exist.");
        }
        var pickles = pickles(directory);
        return pickles.isEmpty()
                ? new UserException(directory + " holds no weights: neither " + SafetensorsModelReader.SINGLE + " nor "
                        + SafetensorsModelReader.INDEX + ".")
                : new UserException(
                        directory + " holds weights only as " + String.join(", ", pickles) + ". These are Python"
                                + " pickles, which can run any code when they are read, so Tandem never reads them. Convert them"
                                + " if you trust them: python -c \"from transformers import AutoModelForCausalLM as M;"
                                + " M.from_pretrained('.').save_pretrained('converted', safe_serialization=True)\"");
    }

    private static List<String> pickles(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.map(p -> p.getFileName().toString())
                    .filter(n -> n.matches(".*\\.(bin|pt|pth|pkl|ckpt)"))
                    .filter(n -> !n.matches("(training_args|optimizer|scheduler|rng_state|scaler).*"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UserException("Cannot list " + directory + ": " + e.getMessage(), e);
        }
    }
}

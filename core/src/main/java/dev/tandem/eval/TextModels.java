package dev.tandem.eval;

import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.DTypes;
import java.nio.file.Path;
import java.util.Optional;

/** Opens models by the names that recipes use for devices and precisions. */
public final class TextModels {
    private TextModels() {}

    /**
     * Opens a model with its tokenizer and optionally an adapter.
     *
     * @param model Hugging Face model directory
     * @param adapter PEFT adapter directory
     * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
     * @param precision precision of weights and activations
     * @return the model, which the caller closes
     * @throws dev.tandem.UserException if a folder does not contain files that Tandem reads
     */
    public static TextModel open(Path model, Optional<Path> adapter, String device, Precision precision) {
        return TextModel.open(model, adapter, device, DTypes.of(precision));
    }
}

package dev.tandem.eval;

import dev.tandem.model.generation.TextModel;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.DTypes;
import java.nio.file.Path;
import java.util.Optional;

/** Opens models as recipes name their precision. */
public final class TextModels {
    private TextModels() {}

    /**
     * A model, its tokenizer, and an adapter over it.
     *
     * @param model Hugging Face model directory
     * @param adapter PEFT adapter directory over it
     * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
     * @param precision of weights and activations
     * @return the model, to be closed
     * @throws dev.tandem.UserException if a folder does not hold what Tandem reads
     */
    public static TextModel open(Path model, Optional<Path> adapter, String device, Precision precision) {
        return TextModel.open(model, adapter, device, DTypes.of(precision));
    }
}

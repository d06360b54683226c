package dev.tandem.train;

import dev.tandem.model.ModelWriter;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.DType;
import java.nio.file.Path;

/** Writes what was trained: a PEFT adapter directory when LoRA was used, a Hugging Face model directory otherwise. */
final class FinalModel {
    private FinalModel() {}

    static void write(Path directory, Recipe recipe, Policy policy) {
        var type = recipe.train().precision() == Precision.BF16 ? DType.BF16 : DType.F32;
        policy.adapter()
                .ifPresentOrElse(
                        adapter -> {
                            ModelWriter.writeAdapter(
                                    directory, adapter, recipe.model().toString());
                            ModelWriter.copyTokenizer(recipe.model(), directory);
                        },
                        () -> ModelWriter.writeModel(
                                directory, recipe.model(), policy.model().tensors(), type));
    }
}

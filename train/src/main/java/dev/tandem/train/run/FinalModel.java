package dev.tandem.train.run;

import dev.tandem.model.checkpoint.ModelWriter;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.Policy;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;

/** Writes what was trained: a PEFT adapter directory when LoRA was used, a Hugging Face model directory otherwise. */
final class FinalModel {
    private FinalModel() {}

    /** Writes the model. Every rank must call it; the first one writes. */
    static void write(Path directory, Recipe recipe, Policy policy) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            if (policy.adapter().isPresent()) {
                writeAdapter(directory, recipe, policy);
            } else {
                writeModel(directory, recipe, policy);
            }
        }
    }

    private static void writeAdapter(Path directory, Recipe recipe, Policy policy) {
        var adapter = policy.wholeAdapter();
        if (policy.ranks().isRankZero()) {
            ModelWriter.writeAdapter(directory, adapter, recipe.model().toString());
            ModelWriter.copyTokenizer(recipe.model(), directory);
        }
    }

    /** A unit is gathered when the first of its parameters is written: no rank holds all of them. */
    private static void writeModel(Path directory, Recipe recipe, Policy policy) {
        var type = DTypes.of(recipe.train().precision());
        var tensors = policy.wholeParameters();
        if (policy.ranks().isRankZero()) {
            ModelWriter.writeModel(directory, recipe.model(), tensors, type);
        } else {
            tensors.values().forEach(tensor -> {
                var unused = tensor.values().get();
            });
        }
    }
}

package dev.tandem.data;

import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.RowFormat;
import java.util.Map;
import java.util.Optional;

/** Picks the encoder of a row format. */
final class RowEncoders {
    private RowEncoders() {}

    /**
     * The encoder for an objective's rows.
     *
     * @param columns column names: from the format's to the file's
     * @param tokenizer may be absent for the tokens format only
     * @param vocabSize the model's, tokens
     */
    static RowEncoder of(
            ObjectiveRecipe recipe, Map<String, String> columns, Optional<TextTokenizer> tokenizer, int vocabSize) {
        if (recipe.format() == RowFormat.TOKENS) {
            return new TokensEncoder(
                    recipe.loss() != Loss.SFT, columns, vocabSize, recipe.maxLength(), recipe.overlong());
        }
        return TextEncoders.of(
                recipe,
                columns,
                tokenizer.orElseThrow(() -> new IllegalArgumentException("text rows need a tokenizer")),
                vocabSize);
    }
}

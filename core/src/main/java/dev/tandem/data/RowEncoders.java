package dev.tandem.data;

import java.util.Map;
import java.util.Optional;

/** Picks the encoder of a row format. */
public final class RowEncoders {
    private RowEncoders() {}

    /**
     * The encoder for an objective's rows.
     *
     * @param columns column names: from the format's to the file's
     * @param tokenizer may be absent for the tokens format only
     * @param vocabSize the model's, tokens
     * @throws dev.tandem.UserException if the tokenizer does not fit the model, the template is not one, or the format
     *     needs a chat template and the model has none
     */
    public static RowEncoder of(
            DataRecipe recipe, Map<String, String> columns, Optional<TextTokenizer> tokenizer, int vocabSize) {
        if (recipe.format() == RowFormat.TOKENS) {
            return new TokensEncoder(
                    recipe.shape() == RowShape.PAIR, columns, vocabSize, recipe.maxLength(), recipe.overlong());
        }
        var encoder = TextEncoders.of(
                recipe,
                columns,
                tokenizer.orElseThrow(() -> new IllegalArgumentException("text rows need a tokenizer")),
                vocabSize);
        return recipe.shape() == RowShape.RESPONSE && RowFormats.PAIRS.contains(recipe.format())
                ? row -> chosen(encoder.encode(row))
                : encoder;
    }

    /** SFT on pairs learns from the chosen answers. Rows are kept and dropped as pairs, so both see the same ones. */
    private static EncodedRow chosen(EncodedRow row) {
        return row instanceof EncodedRow.Kept pair
                ? new EncodedRow.Kept(pair.sequences().subList(0, 1), pair.notes(), pair.label())
                : row;
    }
}

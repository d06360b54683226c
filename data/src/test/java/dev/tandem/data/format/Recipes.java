package dev.tandem.data.format;

import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.conversation.ConversationRenderer;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Recipes of one objective, of which only what encoding reads matters. */
public final class Recipes {
    private Recipes() {}

    public static DataRecipe of(RowFormat format, Optional<String> template, int maxLength, Overlong overlong) {
        return new DataRecipe(
                format.shapes().get(0),
                List.of(new DataSource(Path.of("rows.jsonl"), OptionalDouble.empty(), Map.of())),
                List.of(),
                0.03,
                format,
                template,
                maxLength,
                overlong,
                OptionalInt.empty(),
                OptionalInt.empty(),
                new Batching.Examples(1),
                true);
    }

    static DataRecipe of(RowFormat format) {
        return of(format, Optional.empty(), 512, Overlong.TRUNCATE);
    }

    /** The encoder of rows whose conversations {@code renderer} renders. */
    static RowEncoder encoder(
            DataRecipe recipe, TextTokenizer tokenizer, int vocabSize, ConversationRenderer renderer) {
        var context = new EncodingContext(
                Optional.of(tokenizer),
                vocabSize,
                recipe.template(),
                recipe.maxLength(),
                recipe.overlong(),
                Optional.of(() -> renderer));
        return RowFormats.encoder(recipe.format(), recipe.shape(), Map.of(), context);
    }
}

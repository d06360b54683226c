package dev.tandem.data;

import dev.tandem.data.SourceReader.Source;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How rows become tokens of one model.
 *
 * @param tokenizer the model's, loaded only when text must be encoded
 * @param vocabSize the model's, tokens
 * @param cache folder that keeps tokenised files for other runs; absent: nothing is kept
 */
public record Encoding(ModelTokenizer tokenizer, int vocabSize, Optional<Path> cache) {

    /** The tokens of one file, {@code limit} rows at most, from the cache if it has them. */
    Source read(DataSource source, DataRecipe recipe, int limit, Consumer<String> messages) {
        return cache.map(TokenCache::new)
                .map(tokens ->
                        tokens.get(source, recipe, limit, this, kept -> encoded(source, recipe, limit, kept), messages))
                .orElseGet(() -> SourceReader.inMemory(kept -> encoded(source, recipe, limit, kept)));
    }

    private Source encoded(DataSource source, DataRecipe recipe, int limit, Consumer<RowTokens> kept) {
        var encoder = recipe.encoder(source.columns(), tokenizer, vocabSize);
        return SourceReader.read(source.path(), encoder, limit, kept);
    }
}

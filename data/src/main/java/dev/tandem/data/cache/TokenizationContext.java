package dev.tandem.data.cache;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.source.SourceReader;
import dev.tandem.data.source.SourceReader.Source;
import dev.tandem.data.tokenizer.ModelTokenizer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How rows become tokens of one model.
 *
 * @param tokenizer the model's, loaded only when text must be encoded
 * @param vocabSize size of the model's vocabulary in tokens
 * @param cache folder that keeps tokenised files for other runs; absent: nothing is cached
 */
public record TokenizationContext(ModelTokenizer tokenizer, int vocabSize, Optional<Path> cache) {

    /** Returns the tokens of at most {@code limit} rows of a file, from the cache if it has them. */
    public Source read(DataSource source, DataRecipe recipe, int limit, Consumer<String> messages) {
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

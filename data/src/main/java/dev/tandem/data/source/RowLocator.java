package dev.tandem.data.source;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.tokenizer.ModelTokenizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the lines that examples come from. Tokenised data does not store them, so the files are read again: which rows
 * are kept depends on their tokens.
 */
public final class RowLocator {
    private final DataRecipe recipe;
    private final ModelTokenizer tokenizer;
    private final int vocabSize;

    /**
     * @param recipe how rows are read
     * @param vocabSize size of the model's vocabulary in tokens
     */
    public RowLocator(DataRecipe recipe, ModelTokenizer tokenizer, int vocabSize) {
        this.recipe = recipe;
        this.tokenizer = tokenizer;
        this.vocabSize = vocabSize;
    }

    /**
     * Returns the places of examples, in their order, as messages name rows: {@code rows.jsonl:12}.
     *
     * @throws dev.tandem.UserException if a file can no longer be read
     */
    public List<String> of(List<RowOrigin> origins) {
        var wanted = new LinkedHashMap<DataSource, Set<Integer>>();
        origins.forEach(origin ->
                wanted.computeIfAbsent(origin.source(), s -> new HashSet<>()).add(origin.kept()));
        var places = new HashMap<RowOrigin, String>();
        wanted.forEach((source, kept) -> find(source, kept, places));
        return origins.stream()
                .map(origin -> places.getOrDefault(origin, source(origin.source())))
                .toList();
    }

    /** A file that has changed in the meantime may lack the row. */
    private static String source(DataSource source) {
        return source.path().toString();
    }

    private void find(DataSource source, Set<Integer> wanted, Map<RowOrigin, String> places) {
        var rows = rows(source, wanted);
        var row = new int[1];
        RowFiles.read(source.path(), r -> {
            var kept = Optional.ofNullable(rows.remove(row[0]++));
            kept.ifPresent(k -> places.put(new RowOrigin(source, k), r.where()));
            return !rows.isEmpty();
        });
    }

    /** Maps indices among all rows to indices among the kept ones. */
    private Map<Integer, Integer> rows(DataSource source, Set<Integer> wanted) {
        var search = new Search(wanted);
        var encoder = recipe.encoder(source.columns(), tokenizer, vocabSize);
        RowPipeline.run(source.path(), encoder, search::row);
        return search.found;
    }

    /** Counts rows until all wanted ones have been seen. */
    private static final class Search {
        private final Set<Integer> wanted;
        private final Map<Integer, Integer> found = new HashMap<>();
        private int row;
        private int kept;

        Search(Set<Integer> wanted) {
            this.wanted = wanted;
        }

        boolean row(EncodedRow encoded) {
            if (encoded instanceof EncodedRow.Kept) {
                if (wanted.contains(kept)) {
                    found.put(row, kept);
                }
                kept++;
            }
            row++;
            return found.size() < wanted.size();
        }
    }
}

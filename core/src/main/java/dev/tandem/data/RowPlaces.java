package dev.tandem.data;

import dev.tandem.data.rows.RowFiles;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the lines that examples stand in. Tokenised data does not hold them, so files are gone through again: which rows are
 * kept depends on their tokens.
 */
public final class RowPlaces {
    private final DataRecipe recipe;
    private final ModelTokenizer tokenizer;
    private final int vocabSize;

    /**
     * @param recipe how rows are read
     * @param vocabSize the model's, tokens
     */
    public RowPlaces(DataRecipe recipe, ModelTokenizer tokenizer, int vocabSize) {
        this.recipe = recipe;
        this.tokenizer = tokenizer;
        this.vocabSize = vocabSize;
    }

    /**
     * Where examples stand, in their order: {@code rows.jsonl:12}, as messages name rows.
     *
     * @throws dev.tandem.UserException if a file cannot be read any more
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

    /** A file that was changed meanwhile may lack the row. */
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

    /** From places among all rows to places among the kept ones. */
    private Map<Integer, Integer> rows(DataSource source, Set<Integer> wanted) {
        var search = new Search(wanted);
        var encoder = recipe.encoder(source.columns(), tokenizer, vocabSize);
        RowPipeline.run(source.path(), encoder, search::row);
        return search.found;
    }

    /** Counts rows until all that are wanted were seen. */
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

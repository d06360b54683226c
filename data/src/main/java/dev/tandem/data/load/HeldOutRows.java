package dev.tandem.data.load;

import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.format.DataRecipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Chooses the rows that are held out for evaluation. Rows of the same prompt are on the same side, so that no evaluation row
 * asks what was trained. Rows without a prompt, and those of files with a single prompt, are kept together if they are equal.
 *
 * @param recipe fraction of rows to hold out
 * @param seed decides which rows
 */
record HeldOutRows(DataRecipe recipe, long seed) {
    /** Of fewer rows the mean of a loss is uncertain. */
    private static final int FEW = 32;

    /**
     * The indices of the held-out rows: at least one if a fraction is asked for and there are two groups of rows.
     *
     * @param source index of the file
     */
    TreeSet<Integer> of(List<RowTokens> rows, int source) {
        var result = new TreeSet<Integer>();
        if (recipe.evalFraction() == 0 || rows.size() < 2) {
            return result;
        }
        var wanted = Math.min(rows.size() - 1, Math.max(1, (int) Math.round(rows.size() * recipe.evalFraction())));
        var groups = groups(rows);
        var random = new SplittableRandom(seed ^ 0x5DEECE66DL + source);
        var rejected = new TreeSet<Integer>();
        while (result.size() < wanted && result.size() + rejected.size() < rows.size()) {
            var row = random.nextInt(rows.size());
            var group = groups.get(row);
            // a group that is most of the file stays in training, as does one that would hold out far too much
            var fits = result.size() + group.size() <= Math.max(wanted, result.isEmpty() ? rows.size() / 2 : 0);
            (fits ? result : rejected).addAll(group);
        }
        return result;
    }

    /** For each row, the rows of its group. */
    private static List<List<Integer>> groups(List<RowTokens> rows) {
        var byPrompt = grouped(rows, HeldOutRows::promptHash);
        // one prompt for all, such as a fixed instruction, would leave nothing to hold out
        return byPrompt.get(0).size() < rows.size() ? byPrompt : grouped(rows, HeldOutRows::hash);
    }

    private static List<List<Integer>> grouped(List<RowTokens> rows, ToLongFunction<RowTokens> key) {
        var byKey = new HashMap<Long, List<Integer>>();
        var keys = rows.stream().mapToLong(key).toArray();
        for (var row = 0; row < keys.length; row++) {
            byKey.computeIfAbsent(keys[row], k -> new ArrayList<>()).add(row);
        }
        return Arrays.stream(keys)
                .mapToObj(k -> byKey.getOrDefault(k, List.of()))
                .toList();
    }

    private static long promptHash(RowTokens row) {
        var first = row.sequences().get(0);
        var prompt = 0;
        while (prompt < first.length() && !first.trained()[prompt]) {
            prompt++;
        }
        // the first token is never trained: alone it is no prompt
        return prompt <= 1 ? hash(row) : hash(first.ids(), prompt, 1);
    }

    private static long hash(RowTokens row) {
        var result = 7L;
        for (var sequence : row.sequences()) {
            result = hash(sequence.ids(), sequence.length(), result);
        }
        return result;
    }

    private static long hash(int[] ids, int length, long start) {
        var result = start;
        for (var i = 0; i < length; i++) {
            result = (result ^ ids[i]) * 0x9E3779B97F4A7C15L;
            result ^= result >>> 29;
        }
        return result;
    }

    /** A warning where the held-out rows are few. @param rows number of evaluation examples */
    static Optional<String> warning(String objective, DataRecipe recipe, int rows) {
        if (!recipe.evalSources().isEmpty() || recipe.evalFraction() == 0 || rows >= FEW) {
            return Optional.empty();
        }
        return Optional.of(
                rows == 0
                        ? objective
                                + ": warning: no row could be held out for evaluation: all rows have one prompt, or there is"
                                + " only one"
                        : String.format(
                                Locale.ROOT,
                                "%s: warning: only %d rows are held out for evaluation. The standard error of their loss is %.2f"
                                        + " times the standard deviation among rows; name 'eval-data' or raise 'eval-fraction'",
                                objective,
                                rows,
                                1 / Math.sqrt(rows)));
    }
}

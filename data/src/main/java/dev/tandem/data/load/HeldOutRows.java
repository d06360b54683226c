package dev.tandem.data.load;

import dev.tandem.data.format.DataRecipe;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Chooses the rows that are held out for evaluation.
 *
 * @param recipe fraction of rows to hold out
 * @param seed decides which rows
 */
record HeldOutRows(DataRecipe recipe, long seed) {
    /** Of fewer rows the mean of a loss is uncertain. */
    private static final int FEW = 32;

    /**
     * The indices of the held-out rows: at least one if a fraction is asked for and there are two rows.
     *
     * @param rows number of rows of the file
     * @param source index of the file
     */
    TreeSet<Integer> of(int rows, int source) {
        var wanted = recipe.evalFraction() == 0 || rows < 2
                ? 0
                : Math.min(rows - 1, Math.max(1, (int) Math.round(rows * recipe.evalFraction())));
        var result = new TreeSet<Integer>();
        var random = new SplittableRandom(seed ^ 0x5DEECE66DL + source);
        while (result.size() < wanted) {
            result.add(random.nextInt(rows));
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
                        ? objective + ": warning: no row could be held out for evaluation: there is only one"
                        : String.format(
                                Locale.ROOT,
                                "%s: warning: only %d rows are held out for evaluation. The standard error of their loss is %.2f"
                                        + " times the standard deviation among rows; name 'eval-data' or raise 'eval-fraction'",
                                objective,
                                rows,
                                1 / Math.sqrt(rows)));
    }
}

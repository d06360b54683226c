package dev.tandem.experiment.theory;

import dev.tandem.UserException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Settings of the experiment.
 *
 * @param lambda weight of the preference objective, above 0 and below 1
 * @param seeds number of runs of every method and length, each with other batches and draws; 2 to 1000
 * @param evaluateEvery MAXRIGHT's k: steps between evaluations of both objectives, at least 1
 * @param beta DPO's β, above 0
 * @param batchSize number of examples in a step's batch, 1 to 1000
 * @param stepSize c of the step size c/√(t+1), above 0
 * @param grid numbers of steps T, ascending, at least 3 of them
 * @param problemSeed seed of the data, the same for all runs
 */
public record TheorySettings(
        double lambda,
        int seeds,
        int evaluateEvery,
        double beta,
        int batchSize,
        double stepSize,
        List<Integer> grid,
        long problemSeed) {
    private static final int MAX_SEEDS = 1000;
    private static final int LARGEST_BATCH = 1000;

    /** @throws UserException if a number is out of its range */
    public TheorySettings {
        grid = List.copyOf(grid);
        require(lambda > 0.0 && lambda < 1.0, "lambda is " + lambda + ", but must be above 0 and below 1");
        require(
                seeds >= 2 && seeds <= MAX_SEEDS,
                "seeds is " + seeds + ", but must be between 2, to measure how results scatter, and " + MAX_SEEDS);
        require(evaluateEvery >= 1, "probe-every is " + evaluateEvery + ", but must be at least 1");
        require(
                batchSize >= 1 && batchSize <= LARGEST_BATCH,
                "batch-size is " + batchSize + ", but must be between 1 and " + LARGEST_BATCH);
        require(stepSize > 0.0 && stepSize < 1e6, "step size is " + stepSize + ", but must be above 0");
        require(
                grid.size() >= 3 && grid.get(0) >= 1 && ascending(grid),
                "grid is " + grid + ", but must be at least 3 ascending numbers of steps");
    }

    /** The defaults: T = 2⁶ … 2¹⁵. */
    public static TheorySettings of(double lambda, int seeds, int evaluateEvery) {
        var grid = IntStream.rangeClosed(6, 15).mapToObj(power -> 1 << power).toList();
        return new TheorySettings(lambda, seeds, evaluateEvery, 1.0, 8, 2.0, grid, 1);
    }

    /** These settings with another batch size. */
    public TheorySettings withBatchSize(int examples) {
        return new TheorySettings(lambda, seeds, evaluateEvery, beta, examples, stepSize, grid, problemSeed);
    }

    /** These settings with other numbers of steps. */
    public TheorySettings withGrid(List<Integer> steps) {
        return new TheorySettings(lambda, seeds, evaluateEvery, beta, batchSize, stepSize, steps, problemSeed);
    }

    private static boolean ascending(List<Integer> grid) {
        return IntStream.range(1, grid.size()).allMatch(i -> grid.get(i - 1) < grid.get(i));
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new UserException(message + ".");
        }
    }
}

package dev.tandem.experiment.theory;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The methods' results in the convex setting, and the best possible ones. Gaps and losses in nats.
 *
 * @param lambda weight of the preference objective
 * @param evaluateEvery MAXRIGHT's k
 * @param batchSize number of examples in a step's batch
 * @param seeds number of runs of every method and length
 * @param optima the best values within the ball
 * @param grid numbers of steps T, ascending
 * @param boundSlope slope of log T/√T on this grid, to which methods' slopes are compared
 * @param methods results of each method
 */
public record TheoryResult(
        double lambda,
        @JsonProperty("evaluate_every") int evaluateEvery,
        @JsonProperty("batch_size") int batchSize,
        int seeds,
        Optima optima,
        List<Integer> grid,
        @JsonProperty("bound_slope") double boundSlope,
        List<MethodGaps> methods) {

    /**
     * The best values, computed, not measured.
     *
     * @param sft f*_SFT
     * @param preference f*_DPO
     * @param mix min f_Mix
     * @param max min F_max
     */
    public record Optima(double sft, double preference, double mix, double max) {}

    /**
     * One method's gaps to the best trade-offs.
     *
     * @param method its name
     * @param bounded {@code mix} or {@code max}: the gap that the slope, the floor and the verdict refer to
     * @param mixGap f_Mix(θ_T) − min f_Mix
     * @param maxGap F_max(θ_T) − min F_max
     * @param slope slope of log gap against log T, mean over seeds
     * @param slopeLow lower end of its 95 % confidence interval
     * @param slopeHigh upper end
     * @param floor lower bound of the mean gap on the second half of the grid, with 95 % confidence
     * @param verdict the verdict in words
     */
    public record MethodGaps(
            String method,
            String bounded,
            @JsonProperty("mix_gap") GapCurve mixGap,
            @JsonProperty("max_gap") GapCurve maxGap,
            double slope,
            @JsonProperty("slope_low") double slopeLow,
            @JsonProperty("slope_high") double slopeHigh,
            double floor,
            String verdict) {

        /** The gap that {@link #bounded} names. */
        public GapCurve boundedGap() {
            return bounded.equals("max") ? maxGap : mixGap;
        }
    }

    /**
     * A gap as a function of the number of steps.
     *
     * @param mean mean over seeds, by T
     * @param deviation standard deviation over seeds, by T
     * @param floor lower bound of the mean on the second half of the grid, with 95 % confidence
     */
    public record GapCurve(List<Double> mean, List<Double> deviation, double floor) {
        public GapCurve {
            mean = List.copyOf(mean);
            deviation = List.copyOf(deviation);
        }
    }

    public TheoryResult {
        grid = List.copyOf(grid);
        methods = List.copyOf(methods);
    }

    /** The result as indented JSON with a line end. */
    public String toJson() {
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n";
    }
}

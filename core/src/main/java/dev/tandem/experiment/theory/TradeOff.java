package dev.tandem.experiment.theory;

import dev.tandem.UserException;

/**
 * The best trade-offs between the two objectives at one λ, to {@link Newton#PRECISION}: the minima within the ball of
 * each objective alone, of their weighted sum, and of the larger weighted gap.
 */
public final class TradeOff {
    private static final int BISECTIONS = 200;

    private final ConvexProblem problem;
    private final double lambda;
    private final Newton.Minimum sft;
    private final Newton.Minimum preference;
    private final Newton.Minimum mix;
    private final Newton.Minimum max;

    /**
     * Computes all of them.
     *
     * @param lambda weight of the preference objective
     * @throws UserException if λ is not between 0 and 1, both excluded: there is no trade-off at the ends
     */
    public TradeOff(ConvexProblem problem, double lambda) {
        if (!(lambda > 0.0 && lambda < 1.0)) {
            throw new UserException("lambda is " + lambda
                    + ", but must be above 0 and below 1: at the ends only one objective is left, and there is no"
                    + " trade-off");
        }
        this.problem = problem;
        this.lambda = lambda;
        var start = problem.start();
        this.sft = Newton.minimize(problem.sft(), problem.ball(), start);
        this.preference = Newton.minimize(problem.preference(), problem.ball(), start);
        this.mix = Newton.minimize(weighted(lambda), problem.ball(), start);
        this.max = minimizeMax();
    }

    /** λ. */
    public double lambda() {
        return lambda;
    }

    /** Minimum of f_SFT, whose value is f*_SFT. */
    public Newton.Minimum sft() {
        return sft;
    }

    /** Minimum of f_DPO, whose value is f*_DPO. */
    public Newton.Minimum preference() {
        return preference;
    }

    /** Minimum of f_Mix = λ·f_DPO + (1−λ)·f_SFT. */
    public Newton.Minimum mix() {
        return mix;
    }

    /** Minimum of F_max = max(λ·(f_DPO − f*_DPO), (1−λ)·(f_SFT − f*_SFT)). */
    public Newton.Minimum max() {
        return max;
    }

    /** f_Mix(θ) − min f_Mix, nats. */
    public double mixGap(double[] theta) {
        return weighted(lambda).value(theta) - mix.value();
    }

    /** F_max(θ) − min F_max, nats. */
    public double maxGap(double[] theta) {
        return largest(theta) - max.value();
    }

    private double largest(double[] theta) {
        return Math.max(preferenceGap(theta), sftGap(theta));
    }

    private double preferenceGap(double[] theta) {
        return lambda * (problem.preference().value(theta) - preference.value());
    }

    private double sftGap(double[] theta) {
        return (1.0 - lambda) * (problem.sft().value(theta) - sft.value());
    }

    private SmoothObjective weighted(double share) {
        return new WeightedSum(share, problem.preference(), problem.sft());
    }

    /**
     * Both gaps are convex, so min over θ of their maximum = max over μ ∈ [0, 1] of the minimum over θ of μ·λ·(f_DPO −
     * f*_DPO) + (1−μ)·(1−λ)·(f_SFT − f*_SFT). That is concave in μ with slope = the first gap minus the second, so the
     * μ where they are equal is found by bisection. The two sides certify each other: the dual value is a lower bound.
     */
    private Newton.Minimum minimizeMax() {
        var low = 0.0;
        var high = 1.0;
        var best = new Newton.Minimum(mix.point(), largest(mix.point()), Double.POSITIVE_INFINITY);
        var bound = Double.NEGATIVE_INFINITY;
        for (var i = 0; i < BISECTIONS && high > low; i++) {
            var middle = 0.5 * (low + high);
            if (middle <= low || middle >= high) {
                break;
            }
            var total = middle * lambda + (1.0 - middle) * (1.0 - lambda);
            var minimum = Newton.minimize(weighted(middle * lambda / total), problem.ball(), best.point());
            var theta = minimum.point();
            var first = preferenceGap(theta);
            var second = sftGap(theta);
            bound = Math.max(bound, middle * first + (1.0 - middle) * second - total * minimum.bound());
            if (Math.max(first, second) <= best.value()) {
                best = new Newton.Minimum(theta, Math.max(first, second), 0.0);
            }
            if (first > second) {
                low = middle;
            } else {
                high = middle;
            }
        }
        var certificate = Math.max(0.0, best.value() - bound);
        if (!(certificate <= Newton.PRECISION)) {
            throw new ArithmeticException("the least largest gap is known only to " + certificate);
        }
        return new Newton.Minimum(best.point(), best.value(), certificate);
    }
}

package dev.tandem.experiment.theory.problem;

import dev.tandem.math.Cholesky;

/**
 * Minimises a convex function in a ball by Newton's method: each step moves towards the minimum of the second-order
 * model in the ball, as far as the function keeps falling. The result includes a bound on its distance from the true
 * minimum value.
 */
public final class Newton {
    /** Bound on f(θ) − min f that every result meets, nats. */
    public static final double PRECISION = 1e-10;

    private static final int MAX_STEPS = 200;
    private static final int MAX_HALVINGS = 60;

    /** Keeps flat directions solvable; it changes the steps, but not the minimum they lead to. */
    private static final double FLAT = 1e-12;

    private Newton() {}

    /**
     * A minimum.
     *
     * @param point θ, in the ball
     * @param value f(θ), nats
     * @param bound f(θ) − min f is at most this, nats
     */
    @SuppressWarnings("ArrayRecordComponent") // held for its numbers, never compared
    public record Minimum(double[] point, double value, double bound) {}

    /**
     * Minimises {@code f} in {@code ball}.
     *
     * @param start starting point, in the ball
     * @throws ArithmeticException if {@link #PRECISION} was not reached: f is not convex or not smooth
     */
    public static Minimum minimize(SmoothObjective f, Ball ball, double[] start) {
        var theta = start.clone();
        var gradient = f.gradient(theta);
        var lastMoved = Double.POSITIVE_INFINITY;
        for (var step = 0; step < MAX_STEPS; step++) {
            var direction = Vectors.sum(modelMinimum(f.hessian(theta), gradient, theta, ball), -1.0, theta);
            var next = descend(f, theta, direction, Vectors.dot(gradient, direction));
            var moved = Vectors.norm(Vectors.sum(next, -1.0, theta));
            // along the edge the bound is flat and met early; the point itself is as good as it gets once steps stop
            // getting shorter
            var precise = ball.suboptimality(theta, gradient) <= PRECISION;
            if (moved == 0.0 || (precise && moved >= lastMoved)) {
                break;
            }
            theta = next;
            gradient = f.gradient(theta);
            lastMoved = moved;
        }
        var bound = ball.suboptimality(theta, gradient);
        if (!(bound <= PRECISION)) {
            throw new ArithmeticException("the minimum is known only to " + bound + ", not to " + PRECISION);
        }
        return new Minimum(theta, f.value(theta), bound);
    }

    /** Halves the step until the function falls by a fair part of the decrease that its slope predicts. */
    private static double[] descend(SmoothObjective f, double[] theta, double[] direction, double slope) {
        var here = f.value(theta);
        var length = 1.0;
        // at the minimum, the last bits of f are noise: the whole step is the best guess
        var rounding = 1e-15 * (1.0 + Math.abs(here));
        for (var i = 0; i < MAX_HALVINGS; i++) {
            var next = Vectors.sum(theta, length, direction);
            if (f.value(next) <= here + 1e-4 * length * slope + rounding) {
                return next;
            }
            length /= 2.0;
        }
        return theta;
    }

    /**
     * The point z of the ball where gᵀ(z−θ) + ½(z−θ)ᵀH(z−θ) is smallest: (H + νI)z = Hθ − g, with ν = 0 if that is in
     * the ball, else with the ν &gt; 0 that moves it to the edge.
     */
    private static double[] modelMinimum(double[][] hessian, double[] gradient, double[] theta, Ball ball) {
        var right = Vectors.sum(Vectors.product(hessian, theta), -1.0, gradient);
        var free = Cholesky.solve(hessian, FLAT, right);
        if (Vectors.norm(free) <= ball.radius()) {
            return free;
        }
        // ‖z‖ falls with ν, and ‖z‖ ≤ ‖right‖/ν
        var low = 0.0;
        var high = Vectors.norm(right) / ball.radius();
        var z = free;
        while (true) {
            var middle = 0.5 * (low + high);
            if (middle <= low || middle >= high) {
                break;
            }
            z = Cholesky.solve(hessian, FLAT + middle, right);
            if (Vectors.norm(z) > ball.radius()) {
                low = middle;
            } else {
                high = middle;
            }
        }
        ball.project(z);
        return z;
    }
}

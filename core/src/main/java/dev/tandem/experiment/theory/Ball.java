package dev.tandem.experiment.theory;

/**
 * The allowed parameters: ‖θ‖ ≤ R. The ball keeps optima finite where preferences could be satisfied without limit, and
 * leaves the objectives unchanged, which a penalty would not.
 *
 * @param radius R &gt; 0
 */
public record Ball(double radius) {

    /** Moves θ to the nearest point of the ball, in place. */
    void project(double[] theta) {
        var norm = Vectors.norm(theta);
        if (norm > radius) {
            for (var i = 0; i < theta.length; i++) {
                theta[i] *= radius / norm;
            }
        }
    }

    /**
     * Upper bound of f(θ) − min f over the ball for any convex f with this gradient at θ: the largest decrease of its
     * tangent within the ball, gᵀθ + R·‖g‖. It is 0 at an optimum and nowhere else.
     */
    double suboptimality(double[] theta, double[] gradient) {
        return Math.max(0.0, Vectors.dot(gradient, theta) + radius * Vectors.norm(gradient));
    }
}

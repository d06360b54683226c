package dev.tandem.experiment.theory;

/**
 * The parameters allowed: ‖θ‖ ≤ R. It keeps optima finite where preferences could be satisfied without end, and leaves
 * the objectives as they are, which a penalty would not.
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
     * Upper bound of f(θ) − min f over the ball for every convex f with this gradient at θ: the largest decrease its
     * tangent has anywhere in the ball, gᵀθ + R·‖g‖. It is 0 at an optimum and nowhere else.
     */
    double suboptimality(double[] theta, double[] gradient) {
        return Math.max(0.0, Vectors.dot(gradient, theta) + radius * Vectors.norm(gradient));
    }
}

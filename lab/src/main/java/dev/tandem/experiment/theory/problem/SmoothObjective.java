package dev.tandem.experiment.theory.problem;

/** A convex function of the policy's parameters with its first two derivatives. Never changes its arguments. */
public interface SmoothObjective {
    /** f(θ), nats. */
    double value(double[] theta);

    /** ∇f(θ). */
    double[] gradient(double[] theta);

    /** ∇²f(θ), symmetric and positive semi-definite. */
    double[][] hessian(double[] theta);
}

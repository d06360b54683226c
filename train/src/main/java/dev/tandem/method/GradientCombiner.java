package dev.tandem.method;

/**
 * How the gradients of a step's terms become one, by their inner products and losses alone: PCGrad, MGDA, CAGrad, Nash-MTL.
 *
 * <p>Each gradient is computed unweighted and kept until all are available. With several ranks, every rank passes the same
 * numbers and must get the same result: the result depends only on them and on what the combiner was made with.
 */
@FunctionalInterface
public interface GradientCombiner {
    /**
     * Coefficients of a step.
     *
     * @param gram ⟨gᵢ, gⱼ⟩ over all trained parameters, in float64, [terms][terms]; symmetric. Not finite where a gradient
     *     is not: any result that is not finite will do then, and the step is skipped
     * @param losses of the terms before the step, [terms]
     * @return cᵢ, [terms]: the step is on Σ cᵢ·gᵢ
     */
    double[] coefficients(double[][] gram, double[] losses);
}

package dev.tandem.method;

/**
 * How the gradients of a step's terms become one, by their inner products and losses alone: PCGrad, MGDA, CAGrad, Nash-MTL.
 *
 * <p>Each gradient is computed unweighted and kept until all are there. With several ranks every rank is asked with the same
 * numbers and must answer alike: the answer depends on nothing else but what the combiner was made with.
 */
@FunctionalInterface
public interface GradientCombiner {
    /**
     * Coefficients of a step.
     *
     * @param gram ⟨gᵢ, gⱼ⟩ over all trained parameters, in float64, [terms][terms]; symmetric. Not finite where a gradient
     *     is not: then any answer will do that is not finite either, and the step is skipped
     * @param losses of the terms before the step, [terms]
     * @return cᵢ, [terms]: the step is on Σ cᵢ·gᵢ
     */
    double[] coefficients(double[][] gram, double[] losses);
}

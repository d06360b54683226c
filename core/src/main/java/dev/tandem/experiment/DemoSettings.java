package dev.tandem.experiment;

import dev.tandem.experiment.world.Sizes;
import java.util.List;

/**
 * The size of the demo. The defaults fit two cores and five minutes.
 *
 * @param seed seed of the world, the model and every run
 * @param sizes sizes of the world
 * @param hiddenSize hidden size of the model
 * @param layers number of layers of the model
 * @param pretrainingSteps optimizer steps on the corpus
 * @param referenceSteps optimizer steps on the chosen answers, which produce the reference policy
 * @param steps optimizer steps of every method; the search for an optimum takes as many
 * @param lambdas weights of the preference objective
 */
public record DemoSettings(
        long seed,
        Sizes sizes,
        int hiddenSize,
        int layers,
        int pretrainingSteps,
        int referenceSteps,
        int steps,
        List<Double> lambdas) {
    public DemoSettings {
        lambdas = List.copyOf(lambdas);
    }

    /** Tokens of a training sequence in pre-training, and the model's maximum length. */
    static final int CONTEXT = 128;

    /** Width of an attention head. */
    static final int HEAD_SIZE = 32;

    /** The settings of {@code tandem demo}. */
    public static DemoSettings defaults() {
        return new DemoSettings(7, Sizes.defaults(), 128, 4, 300, 60, 240, List.of(0.25, 0.5, 0.75));
    }
}

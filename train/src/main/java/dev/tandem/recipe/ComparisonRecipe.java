package dev.tandem.recipe;

import dev.tandem.method.ObjectiveWeights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;

/**
 * A comparison of methods: what all runs share, and the {@code compare} section of a recipe.
 *
 * @param base what all runs share: model, objectives, optimizer, length; its method is not used
 * @param instructions name of the objective that learns from single answers; the other is called preference
 * @param methods what is compared, in the order they run; names are distinct
 * @param lambdas weights of the preference objective, each inside (0, 1)
 * @param seeds every method runs once with each
 * @param reference how the reference policy is made
 * @param optimumSteps steps of the two runs that search f*
 * @param hypervolumeReference loss of each objective that hypervolumes are measured from; absent: a tenth of the spread
 *     beyond the worst runs
 * @param answers what the trained models are asked
 * @param benchmarks by name, in order: what every model is measured on
 */
public record ComparisonRecipe(
        Recipe base,
        String instructions,
        List<ComparedMethod> methods,
        List<Double> lambdas,
        List<Long> seeds,
        Reference reference,
        int optimumSteps,
        Optional<Map<String, Double>> hypervolumeReference,
        Answers answers,
        Map<String, BenchmarkRecipe> benchmarks) {

    /** The objective whose weight λ is: the preference objective. */
    public static final String PREFERENCE = ObjectiveWeights.PREFERENCE;

    /** Names of the methods that times are compared with, the first of those that were run. */
    public static final List<String> BASELINES = ComparedMethods.ORDERED;

    public ComparisonRecipe {
        methods = List.copyOf(methods);
        lambdas = List.copyOf(lambdas);
        seeds = List.copyOf(seeds);
        hypervolumeReference = hypervolumeReference.map(Map::copyOf);
        benchmarks = new LinkedHashMap<>(benchmarks);
    }

    /** This comparison with other paths in place of those that are read. */
    public ComparisonRecipe mapPaths(UnaryOperator<Path> where) {
        var found = new LinkedHashMap<String, BenchmarkRecipe>();
        benchmarks.forEach((name, benchmark) -> found.put(name, benchmark.mapPaths(where)));
        return new ComparisonRecipe(
                base.mapPaths(where),
                instructions,
                methods,
                lambdas,
                seeds,
                reference,
                optimumSteps,
                hypervolumeReference,
                answers,
                found);
    }

    /** The objective whose training makes the reference policy; absent: it is not trained. */
    public Optional<String> referenceObjective() {
        return switch (reference.policy()) {
            case CHOSEN -> Optional.of(PREFERENCE);
            case SFT -> Optional.of(instructions);
            case MODEL, GIVEN -> Optional.empty();
        };
    }

    /** Reference policies by their YAML names. */
    public enum Policy {
        /** SFT on the chosen answers of the pairs. */
        CHOSEN,
        /** SFT on the instructions. */
        SFT,
        /** The model as it is. */
        MODEL,
        /** The model that the recipe's own {@code reference} names. */
        GIVEN
    }

    /**
     * How the reference policy is made.
     *
     * @param steps optimizer steps of its training, for CHOSEN and SFT
     * @param learningRate of its training; absent: the recipe's
     * @param start whether the runs start from the reference policy; otherwise they start from the model
     */
    public record Reference(Policy policy, int steps, OptionalDouble learningRate, boolean start) {

        /** Whether it has to be trained first. */
        public boolean trained() {
            return policy == Policy.CHOSEN || policy == Policy.SFT;
        }
    }

    /**
     * The prompts that the trained models are asked.
     *
     * @param prompts evaluation prompts of each objective, at most; 0: none
     * @param tokens longest answer
     */
    public record Answers(int prompts, int tokens) {}
}

package dev.tandem.method;

import dev.tandem.UserException;
import dev.tandem.recipe.MethodRecipe;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Methods by their recipes. */
public final class Methods {
    private Methods() {}

    /**
     * The method a recipe describes.
     *
     * @param recipe the method's part of the recipe
     * @param objectiveNames names of the objectives, in the recipe's order: the order of all indices
     * @param optima f* of every objective, in that order
     * @param totalSteps steps of the run
     * @param seed seed of ALRIGHT's draws
     * @return a method that has planned no step yet
     * @throws UserException if weights, names or stages do not fit the objectives, or the stages not the run
     */
    public static Method of(
            MethodRecipe recipe, List<String> objectiveNames, double[] optima, int totalSteps, long seed) {
        if (recipe instanceof MethodRecipe.Sequential sequential) {
            return Stages.of(sequential, objectiveNames, totalSteps);
        } else if (recipe instanceof MethodRecipe.Mix mix) {
            return new Mix(weights(mix.lambda(), mix.weights(), objectiveNames));
        } else if (recipe instanceof MethodRecipe.Alright alright) {
            var weights = weights(alright.lambda(), alright.weights(), objectiveNames);
            return new Alright(weights, alright.draws(), seed);
        } else if (recipe instanceof MethodRecipe.Maxright maxright) {
            if (maxright.evaluateEvery() < 1) {
                throw new UserException("method.evaluate-every is " + maxright.evaluateEvery()
                        + ", but maxright evaluates every so many steps: at least 1 (10 is usual)");
            }
            if (!(maxright.smoothing() >= 0.0 && maxright.smoothing() < 1.0)) {
                throw new UserException("method.smoothing is " + maxright.smoothing()
                        + ", but must be from 0 (the last loss alone) to below 1 (0.9 is usual)");
            }
            var weights = weights(maxright.lambda(), maxright.weights(), objectiveNames);
            return new Maxright(
                    objectiveNames,
                    weights,
                    optima,
                    maxright.evaluateEvery(),
                    maxright.evaluateOn(),
                    maxright.smoothing());
        } else if (recipe instanceof MethodRecipe.Optimum optimum) {
            return new Optimum(index(optimum.objective(), objectiveNames, "method.objective"));
        }
        throw new IllegalStateException("no method for " + recipe.getClass().getSimpleName());
    }

    /** λ for the objective called {@code preference} and 1−λ for the other, or weights by name. */
    private static double[] weights(
            Optional<Double> lambda, Optional<Map<String, Double>> weights, List<String> names) {
        if (lambda.isPresent() && weights.isPresent()) {
            throw new UserException("method has both lambda and weights, but they say the same thing: remove one");
        }
        if (weights.isPresent()) {
            return byName(weights.get(), names);
        }
        if (lambda.isEmpty()) {
            throw new UserException("method has neither lambda nor weights: give lambda, the weight of preference"
                    + " between 0 and 1, or weights: {objective: weight, …}");
        }
        var preference = names.indexOf("preference");
        if (names.size() != 2 || preference < 0) {
            throw new UserException("method.lambda is the weight of preference among two objectives, but the recipe"
                    + " has " + Names.list(names) + "; give weights: {objective: weight, …} in its place");
        }
        var value = lambda.get();
        if (!(value >= 0.0 && value <= 1.0)) {
            throw new UserException("method.lambda is " + value + ", but must be between 0 and 1");
        }
        var both = new double[] {1.0 - value, 1.0 - value};
        both[preference] = value;
        return both;
    }

    private static double[] byName(Map<String, Double> weights, List<String> names) {
        for (var name : weights.keySet()) {
            index(name, names, "method.weights");
        }
        var values = new double[names.size()];
        for (var i = 0; i < values.length; i++) {
            var weight = weights.get(names.get(i));
            if (weight == null) {
                throw new UserException("method.weights has none for the objective " + Names.quoted(names.get(i))
                        + "; every objective needs one (0 leaves it out of training)");
            }
            values[i] = weight;
        }
        return values;
    }

    /** Index of an objective by its name. */
    static int index(String name, List<String> names, String where) {
        var index = names.indexOf(name);
        if (index < 0) {
            throw new UserException(
                    where + " names the objective " + Names.quoted(name) + ", but the recipe has " + Names.list(names));
        }
        return index;
    }
}

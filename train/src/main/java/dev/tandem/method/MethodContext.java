package dev.tandem.method;

import java.util.List;

/**
 * The run a method is made for.
 *
 * @param names of the objectives, in the recipe's order: the order of all indices
 * @param optima f* of every objective, [objectives]; 0 where it is unknown, see {@link MethodRecipe#needsOptima}
 * @param steps of the run
 * @param seed of the method's draws
 */
public record MethodContext(List<String> names, double[] optima, int steps, long seed) {
    public MethodContext {
        names = List.copyOf(names);
        optima = optima.clone();
        if (optima.length != names.size()) {
            throw new IllegalArgumentException(names.size() + " objectives with " + optima.length + " optima");
        }
    }

    @Override
    public double[] optima() {
        return optima.clone();
    }
}

package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A method of a comparison: the same settings with one weight of the preference objective after the other.
 *
 * @param name in tables and in the names of runs
 * @param byLambda the method at every λ of the comparison
 */
public record ComparedMethod(String name, Map<Double, MethodRecipe> byLambda) {
    /** @throws IllegalArgumentException if there is no λ */
    public ComparedMethod {
        byLambda = new LinkedHashMap<>(byLambda);
        if (byLambda.isEmpty()) {
            throw new IllegalArgumentException(name + " at no λ");
        }
    }

    /**
     * The method at a λ of the comparison.
     *
     * @throws IllegalArgumentException if the comparison has no such λ
     */
    public MethodRecipe at(double lambda) {
        return Optional.ofNullable(byLambda.get(lambda))
                .orElseThrow(() -> new IllegalArgumentException(name + " has no λ " + lambda));
    }

    /** The method as recipes write it: its name where that is enough, or its settings without those that λ decides. */
    Object written() {
        if (ComparedMethods.ORDERED.contains(name)) {
            return name;
        }
        var recipe = byLambda.values().iterator().next();
        var map = new LinkedHashMap<String, Object>();
        map.put(ComparedMethods.NAME, recipe.type().name());
        if (!recipe.type().name().equals(name)) {
            map.put(ComparedMethods.AS, name);
        }
        map.putAll(recipe.settings());
        map.keySet().removeAll(recipe.type().weightKeys());
        return map.size() == 1 ? name : map;
    }
}

package dev.tandem.objective;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A loss as a recipe names it.
 *
 * @param name the {@code loss} in recipes
 * @param settings its keys as a recipe holds them, every default included; {@link LossType#parse} gives an equal recipe back.
 *     They are written in the order of {@link LossType#keys}
 * @param objective the loss itself
 */
public record LossRecipe(String name, Map<String, Object> settings, Objective objective) {
    /** The key that names a loss. */
    public static final String KEY = "loss";

    public LossRecipe {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * This loss with its settings in another order.
     *
     * @param keys come first, in this order; the others follow
     */
    public LossRecipe inOrder(List<String> keys) {
        var ordered = new LinkedHashMap<String, Object>();
        keys.stream().filter(settings::containsKey).forEach(key -> ordered.put(key, settings.get(key)));
        settings.forEach(ordered::putIfAbsent);
        return new LossRecipe(name, ordered, objective);
    }

    /** The entries of a recipe: {@code loss} and, beside it, its settings; a sum has those of its terms in a list. */
    public Map<String, Object> written() {
        if (objective instanceof WeightedLosses sum) {
            return Map.of(KEY, sum.written());
        }
        var map = new LinkedHashMap<String, Object>();
        map.put(KEY, name);
        map.putAll(settings);
        return map;
    }
}

package dev.tandem.recipe;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The differences between the recipe a run was begun with and the one it is to continue with, and how they affect the run.
 *
 * @param all changed keys, in the recipe's order
 */
public record RecipeChanges(List<Change> all) {
    /** Keys that decide where the run works and what it writes when. What it trains does not depend on them. */
    private static final Pattern OUTSIDE =
            Pattern.compile("output|cache|trackers.*|train\\.(evaluate-every|eval-batch-size"
                    + "|checkpoint-every|keep-checkpoints|max-consecutive-skips|on-write-failure)");

    private static final Pattern END = Pattern.compile("train\\.early-stop\\..+");

    /** How the same results are computed: sums are added in another order. */
    private static final Pattern COMPUTATION =
            Pattern.compile("train\\.(device|threads|head-tile-tokens|micro-batch-tokens"
                    + "|checkpoint-activations|zero-stage|shared-prompts)|objectives\\..+\\.micro-batch-size");

    private static final Pattern PATHS =
            Pattern.compile("model|reference\\.(model|adapter)|lora\\.init-from|objectives\\..+\\.path|output|cache");
    /** What an adapter to start with decides, whatever the recipe says. */
    private static final Pattern OF_THE_ADAPTER = Pattern.compile("lora\\.(rank|alpha|targets)");

    private static final Pattern OPTIMUM = Pattern.compile("objectives\\..+\\.optimum");
    private static final String STEPS = "train.steps";
    private static final String NOTHING = "nothing";

    public RecipeChanges {
        all = List.copyOf(all);
    }

    /** The effect of a change on a run that continues. */
    public enum Effect {
        /** It stays the same run. */
        SAME_RUN,
        /** Its steps stay the same, but it ends elsewhere: what has ended already is not what it would be. */
        ANOTHER_END,
        /** It stays the same run but for the last digits of what is computed. */
        LAST_DIGITS,
        /** It would be another run. */
        ANOTHER_RUN
    }

    /**
     * A changed key.
     *
     * @param key its path, joined by dots; {@code [n]} for the n-th of a list
     * @param before value the run was begun with, {@code nothing} if it was absent
     * @param after value now
     */
    public record Change(String key, String before, String after, Effect effect) {
        @Override
        public String toString() {
            return key + ": " + before + " → " + after;
        }
    }

    /** Compares two recipes, defaults included. */
    public static RecipeChanges between(Recipe before, Recipe after) {
        var old = flat(before);
        var now = flat(after);
        var keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(now.keySet());
        if (startsFromAdapter(before) && startsFromAdapter(after)) {
            keys.removeIf(OF_THE_ADAPTER.asMatchPredicate());
        }
        var result = new ArrayList<Change>();
        for (var key : keys) {
            var was = Optional.ofNullable(old.get(key)).orElse(NOTHING);
            var is = Optional.ofNullable(now.get(key)).orElse(NOTHING);
            if (!was.equals(is) && !samePath(key, was, is) && !isUnknownOptimum(key, was, is)) {
                result.add(new Change(key, was, is, effect(key, after)));
            }
        }
        return new RecipeChanges(result);
    }

    /** The changes that have one of these effects. */
    public List<Change> of(Effect... effects) {
        var wanted = Set.of(effects);
        return all.stream().filter(change -> wanted.contains(change.effect())).toList();
    }

    private static Effect effect(String key, Recipe after) {
        if (OUTSIDE.matcher(key).matches()) {
            return Effect.SAME_RUN;
        }
        if (END.matcher(key).matches() || (key.equals(STEPS) && lengthIsFree(after))) {
            return Effect.ANOTHER_END;
        }
        return COMPUTATION.matcher(key).matches() ? Effect.LAST_DIGITS : Effect.ANOTHER_RUN;
    }

    /** Earlier versions wrote an optimum of 0 where a recipe gave none. */
    private static boolean isUnknownOptimum(String key, String before, String after) {
        return OPTIMUM.matcher(key).matches() && before.equals("0.0") && after.equals(NOTHING);
    }

    private static boolean startsFromAdapter(Recipe recipe) {
        return recipe.lora().flatMap(LoraRecipe::initFrom).isPresent();
    }

    /** Whether no step depends on how many there are: schedules that fall and stages do. */
    private static boolean lengthIsFree(Recipe recipe) {
        return recipe.optimizer().schedule() == OptimizerRecipe.Schedule.CONSTANT
                && !recipe.method().dependsOnLength();
    }

    /** One place may be called by several names. */
    private static boolean samePath(String key, String before, String after) {
        if (!PATHS.matcher(key).matches() || before.equals(NOTHING) || after.equals(NOTHING)) {
            return false;
        }
        try {
            return absolute(before).equals(absolute(after));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static Map<String, String> flat(Recipe recipe) {
        var result = new LinkedHashMap<String, String>();
        flatten("", RecipeWriter.root(recipe), result);
        return result;
    }

    private static void flatten(String key, Object value, Map<String, String> into) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, v) -> flatten(key.isEmpty() ? String.valueOf(name) : key + "." + name, v, into));
        } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
            for (var i = 0; i < list.size(); i++) {
                flatten(key + "[" + i + "]", list.get(i), into);
            }
        } else {
            into.put(key, String.valueOf(value));
        }
    }
}

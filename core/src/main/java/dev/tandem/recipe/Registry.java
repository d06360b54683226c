package dev.tandem.recipe;

import dev.tandem.method.MethodType;
import dev.tandem.method.Methods;
import dev.tandem.train.TrackerType;
import dev.tandem.train.Trackers;
import java.util.ArrayList;
import java.util.List;

/**
 * What recipes can name. A program that adds a kind of its own hands its registry to {@link RecipeReader} and to what reads
 * recipes back: its recipe files then name that kind like Tandem's own.
 *
 * <pre>{@code
 * var registry = Registry.standard().with(WarmUp.TYPE);
 * var recipe = RecipeReader.read(Path.of("recipe.yaml"), List.of(), registry);
 * new TrainingRun(recipe, false).withRegistry(registry).train(listener, () -> false);
 * }</pre>
 *
 * @param methods by their names, each of which occurs once
 * @param trackers by their names, each of which occurs once
 */
public record Registry(List<MethodType> methods, List<TrackerType> trackers) {
    private static final Registry STANDARD = new Registry(Methods.TYPES, Trackers.TYPES);

    /** @throws IllegalArgumentException if two of a kind have the same name */
    public Registry {
        methods = List.copyOf(methods);
        trackers = List.copyOf(trackers);
        requireDistinct("methods", methods.stream().map(MethodType::name).toList());
        requireDistinct("trackers", trackers.stream().map(TrackerType::name).toList());
    }

    /** What Tandem brings. */
    public static Registry standard() {
        return STANDARD;
    }

    /**
     * The same with another kind of method.
     *
     * @param method that recipes can name as well
     * @return a new registry; this one is as it was
     * @throws IllegalArgumentException if a method of that name is there already
     */
    public Registry with(MethodType method) {
        var all = new ArrayList<>(methods);
        all.add(method);
        return new Registry(all, trackers);
    }

    /**
     * The same with another kind of tracker.
     *
     * @param tracker that recipes can name as well
     * @return a new registry; this one is as it was
     * @throws IllegalArgumentException if a tracker of that name is there already
     */
    public Registry with(TrackerType tracker) {
        var all = new ArrayList<>(trackers);
        all.add(tracker);
        return new Registry(methods, all);
    }

    private static void requireDistinct(String kind, List<String> names) {
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two " + kind + " have the same name: " + names);
        }
    }
}

package dev.tandem.recipe;

import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowFormats;
import dev.tandem.method.MethodType;
import dev.tandem.objective.LossType;
import dev.tandem.train.track.TrackerType;
import dev.tandem.train.track.Trackers;
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
 * @param losses by their names, each of which occurs once
 * @param methods by their names, each of which occurs once
 * @param formats of rows, by their names, each of which occurs once
 * @param trackers by their names, each of which occurs once
 */
public record Registry(
        List<LossType> losses, List<MethodType> methods, List<RowFormat> formats, List<TrackerType> trackers) {
    private static final Registry STANDARD = new Registry(Losses.TYPES, Methods.TYPES, RowFormats.ALL, Trackers.TYPES);

    /** @throws IllegalArgumentException if two of a kind have the same name */
    public Registry {
        losses = List.copyOf(losses);
        methods = List.copyOf(methods);
        formats = List.copyOf(formats);
        trackers = List.copyOf(trackers);
        requireDistinct("losses", losses.stream().map(LossType::name).toList());
        requireDistinct("methods", methods.stream().map(MethodType::name).toList());
        requireDistinct("row formats", formats.stream().map(RowFormat::name).toList());
        requireDistinct("trackers", trackers.stream().map(TrackerType::name).toList());
    }

    /** What Tandem brings. */
    public static Registry standard() {
        return STANDARD;
    }

    /**
     * This registry with one more loss.
     *
     * @param loss that recipes can name too
     * @return a new registry; this one does not change
     * @throws IllegalArgumentException if a loss of that name exists already
     */
    public Registry with(LossType loss) {
        return new Registry(added(losses, loss), methods, formats, trackers);
    }

    /**
     * This registry with one more kind of method.
     *
     * @param method that recipes can name too
     * @return a new registry; this one does not change
     * @throws IllegalArgumentException if a method of that name exists already
     */
    public Registry with(MethodType method) {
        return new Registry(losses, added(methods, method), formats, trackers);
    }

    /**
     * This registry with one more row format.
     *
     * @param format that recipes can name too
     * @return a new registry; this one does not change
     * @throws IllegalArgumentException if a format of that name exists already
     */
    public Registry with(RowFormat format) {
        return new Registry(losses, methods, added(formats, format), trackers);
    }

    /**
     * This registry with one more kind of tracker.
     *
     * @param tracker that recipes can name too
     * @return a new registry; this one does not change
     * @throws IllegalArgumentException if a tracker of that name exists already
     */
    public Registry with(TrackerType tracker) {
        return new Registry(losses, methods, formats, added(trackers, tracker));
    }

    private static <T> List<T> added(List<T> all, T another) {
        var result = new ArrayList<>(all);
        result.add(another);
        return result;
    }

    private static void requireDistinct(String kind, List<String> names) {
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two " + kind + " have the same name: " + names);
        }
    }
}

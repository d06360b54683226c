package dev.tandem.recipe;

import dev.tandem.train.track.TrackerRecipe;
import dev.tandem.train.track.TrackerType;
import dev.tandem.train.track.Trackers;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code trackers}: names, or mappings of a name and the tracker's own keys. */
final class TrackersParser {
    private static final String KEY = "trackers";
    private static final String NAME = "name";

    private final Section root;
    private final List<TrackerType> types;

    /** @param types that the recipe may name */
    TrackersParser(Section root, List<TrackerType> types) {
        this.root = root;
        this.types = List.copyOf(types);
    }

    /** The recipe's trackers; those of {@link Trackers#DEFAULTS} where it names none. An empty list means none. */
    List<TrackerRecipe> parse() {
        return root.optional(KEY, this::trackers).orElse(Trackers.DEFAULTS);
    }

    private List<TrackerRecipe> trackers(YamlNode node) {
        var items = node instanceof YamlNode.Sequence sequence ? sequence.items() : List.of(node);
        var result = new ArrayList<TrackerRecipe>();
        for (var item : items) {
            var tracker = tracker(item);
            if (result.contains(tracker)) {
                throw root.problem(KEY, item, tracker.type().name() + " is named twice");
            }
            result.add(tracker);
        }
        return result;
    }

    private TrackerRecipe tracker(YamlNode item) {
        var section = root.mapping(
                KEY, item instanceof YamlNode.Scalar ? new YamlNode.Mapping(Map.of(NAME, item), item.line()) : item);
        var byName = new LinkedHashMap<String, TrackerType>();
        types.forEach(type -> byName.put(type.name(), type));
        var type = section.required(NAME, n -> root.registered(KEY, n, byName));
        requireOwnKeys(section, type);
        var tracker = type.parse(section);
        section.close();
        return tracker;
    }

    /** A key that another type has is refused with that type's name; all others the section refuses when it is closed. */
    private void requireOwnKeys(Section section, TrackerType type) {
        for (var key : section.keys()) {
            var owners = types.stream()
                    .filter(t -> t.keys().contains(key))
                    .map(TrackerType::name)
                    .toList();
            if (!owners.isEmpty() && !type.keys().contains(key)) {
                throw section.problem(
                        key, type.name() + " has no " + key + "; it is a key of " + String.join(", ", owners));
            }
        }
    }
}

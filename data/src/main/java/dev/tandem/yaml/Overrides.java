package dev.tandem.yaml;

import dev.tandem.UserException;
import dev.tandem.text.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Applies {@code --set key=value} to a recipe before it is read. */
public final class Overrides {
    private Overrides() {}

    public static YamlNode apply(YamlNode root, List<String> overrides) {
        var result = root;
        for (var override : overrides) {
            var equals = override.indexOf('=');
            if (equals <= 0) {
                throw new UserException("--set " + Suggestion.quoted(override)
                        + ": KEY=VALUE is expected, as in train.steps=100 or method.lambda=0.25.");
            }
            var source = "--set " + Suggestion.quoted(override.substring(0, equals));
            var text = override.substring(equals + 1);
            YamlNode value = text.isBlank() ? new YamlNode.Scalar("", false, 0) : YamlReader.read(text, source);
            result = put(result, List.of(override.substring(0, equals).split("\\.", -1)), unplaced(value), source);
        }
        return result;
    }

    /** The lines of an override are not lines of the file. */
    private static YamlNode unplaced(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            var entries = new LinkedHashMap<String, YamlNode>();
            mapping.entries().forEach((key, value) -> entries.put(key, unplaced(value)));
            return new YamlNode.Mapping(entries, 0);
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return new YamlNode.Sequence(
                    sequence.items().stream().map(Overrides::unplaced).toList(), 0);
        }
        return node instanceof YamlNode.Scalar scalar ? new YamlNode.Scalar(scalar.text(), scalar.quoted(), 0) : node;
    }

    private static YamlNode put(YamlNode node, List<String> path, YamlNode value, String source) {
        if (path.isEmpty()) {
            return value;
        }
        if (!(node instanceof YamlNode.Mapping mapping)) {
            throw new UserException(source + ": there is " + node.kind() + " where a mapping with the key "
                    + Suggestion.quoted(path.get(0)) + " would have to be.");
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>(mapping.entries());
        var inner = Optional.ofNullable(entries.get(path.get(0)))
                .filter(n -> !(n instanceof YamlNode.Scalar s && s.isNothing()))
                .orElseGet(() -> new YamlNode.Mapping(Map.of(), 0));
        entries.put(path.get(0), put(inner, path.subList(1, path.size()), value, source));
        return new YamlNode.Mapping(entries, mapping.line());
    }
}

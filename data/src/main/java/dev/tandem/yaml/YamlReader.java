package dev.tandem.yaml;

import dev.tandem.UserException;
import dev.tandem.text.Suggestion;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads YAML into {@link YamlNode}s; duplicate keys, tags and excessive nesting are refused. */
public final class YamlReader {
    /** A recipe nests four deep. */
    private static final int DEEPEST = 32;

    private static final int MAX_CODE_POINTS = 1_000_000;
    private static final int MAX_NODES = 100_000;

    private final String source;
    private int nodes;

    private YamlReader(String source) {
        this.source = source;
    }

    /**
     * Reads one document.
     *
     * @param source what the text is called in messages
     * @throws UserException if the text is not YAML, holds several documents or none, or a key twice
     */
    public static YamlNode read(String text, String source) {
        var settings = LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(20)
                .setCodePointLimit(MAX_CODE_POINTS)
                .setUseMarks(true)
                // the whole text: the library fails where a surrogate pair falls on the end of its buffer
                .setBufferSize(text.length() + 2)
                .build();
        try {
            checkEvents(settings, text, source);
            var node = new Compose(settings).composeString(text);
            if (node.isEmpty()) {
                throw new UserException(source + ": is empty. A recipe with model, method, objectives, train and output"
                        + " is expected; see docs/recipe.md.");
            }
            return new YamlReader(source).convert(node.get(), 0);
        } catch (MarkedYamlEngineException e) {
            var line = e.getProblemMark().map(m -> ":" + (m.getLine() + 1)).orElse("");
            throw new UserException(
                    source + line + ": not valid YAML: " + e.getProblem() + ". Look at the indentation"
                            + " (spaces, no tabs) and the quotes.",
                    e);
        } catch (YamlEngineException e) {
            throw new UserException(source + ": not valid YAML: " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            // the library's own message for an escape or a tag that is cut off is about its internals
            throw new UserException(source + ": not valid YAML: an escape (\\x, \\u) or a tag (!) is cut off.", e);
        }
    }

    /**
     * Composing nodes is recursive, and fails on odd tags, so text that is nested too deep or has a tag is refused
     * first.
     */
    private static void checkEvents(LoadSettings settings, String text, String source) {
        var depth = 0;
        for (var event : new Parse(settings).parseString(text)) {
            if (tag(event).isPresent()) {
                var line =
                        event.getStartMark().map(m -> ":" + (m.getLine() + 1)).orElse("");
                throw new UserException(source + line + ": the tag "
                        + Suggestion.quoted(tag(event).get())
                        + " has no place in a recipe. Put the value in quotes if it begins with '!'.");
            }
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (depth > DEEPEST) {
                throw new UserException(
                        source + ": nested more than " + DEEPEST + " levels deep, which no recipe needs.");
            }
        }
    }

    private static Optional<String> tag(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        return event instanceof CollectionStartEvent collection ? collection.getTag() : Optional.empty();
    }

    private YamlNode convert(Node node, int depth) {
        var line = line(node);
        if (++nodes > MAX_NODES || depth > DEEPEST) {
            throw new UserException(source + ":" + line + ": its aliases expand beyond the size of a recipe.");
        }
        if (node instanceof ScalarNode scalar) {
            return new YamlNode.Scalar(scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN, line);
        }
        if (node instanceof SequenceNode sequence) {
            return new YamlNode.Sequence(
                    sequence.getValue().stream().map(n -> convert(n, depth + 1)).toList(), line);
        }
        if (node instanceof MappingNode mapping) {
            return mapping(mapping, depth, line);
        }
        throw new UserException(source + ":" + line + ": this YAML construct has no place in a recipe.");
    }

    private YamlNode mapping(MappingNode mapping, int depth, int line) {
        var entries = new LinkedHashMap<String, YamlNode>();
        for (var tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new UserException(source + ":" + line + ": a key must be a word.");
            }
            var value = convert(tuple.getValueNode(), depth + 1);
            if (entries.putIfAbsent(key.getValue(), value) != null) {
                throw new UserException(source + ":" + line(key) + ": the key " + Suggestion.quoted(key.getValue())
                        + " appears here for the second time. Remove one of them.");
            }
        }
        return new YamlNode.Mapping(entries, line);
    }

    private static int line(Node node) {
        Optional<Mark> mark = node.getStartMark();
        return mark.map(m -> m.getLine() + 1).orElse(0);
    }
}

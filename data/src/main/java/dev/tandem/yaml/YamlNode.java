package dev.tandem.yaml;

import dev.tandem.text.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML value that knows its line. */
public sealed interface YamlNode {

    /** Line of the file, 1-based; 0: not from a file but from an override. */
    int line();

    /** What it is, for a message. */
    String kind();

    /** Keys and values, in order. */
    record Mapping(Map<String, YamlNode> entries, int line) implements YamlNode {
        public Mapping {
            entries = new LinkedHashMap<>(entries);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, int line) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A single value.
     *
     * @param text as written, quotes and escapes resolved
     * @param quoted whether it was quoted; a quoted value is always text
     */
    record Scalar(String text, boolean quoted, int line) implements YamlNode {
        @Override
        public String kind() {
            if (quoted) {
                return "the text " + Suggestion.quoted(text);
            }
            return isNothing() ? "nothing" : Suggestion.quoted(text);
        }

        /** Whether there is no value: {@code key:}, {@code ~} or {@code null}. */
        public boolean isNothing() {
            return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }
}

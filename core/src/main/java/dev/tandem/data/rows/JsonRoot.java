package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JsonToken;

/**
 * The object at the beginning of a JSON file: the first of many lines, a single row, or a document such as {@code
 * {"version": 1, "data": [{…}, …]}} whose rows are under a key.
 *
 * @param name the file, escaped for messages
 * @param keys the keys at the root that hold an array beginning with an object, except for those that name a dialogue
 * @param oneLine whether the object begins and ends on the same line
 * @param more whether something follows it
 */
record JsonRoot(String name, List<String> keys, boolean oneLine, boolean more) {
    /** An array of objects under these keys is a dialogue, part of one row. */
    private static final Set<String> OF_A_ROW = Set.of(
            "messages", "conversation", "conversations", "dialogue", "prompt", "completion", "chosen", "rejected");

    /**
     * Reads the object to its end and keeps nothing but these facts, however large it is.
     *
     * @throws UserException if it is not valid JSON, or is spread over lines and more text follows
     */
    static JsonRoot scan(Path file) {
        try (var text = CheckedText.open(file);
                var json = JsonRows.ofFile(text.name(), new InputStreamReader(text, StandardCharsets.UTF_8))) {
            json.next();
            var start = json.line();
            var keys = keys(text, json);
            keys.removeIf(OF_A_ROW::contains);
            var oneLine = json.line() == start;
            return new JsonRoot(text.name(), List.copyOf(keys), oneLine, more(json, oneLine));
        }
    }

    /** Continues to the end of the object that was just entered. */
    private static List<String> keys(CheckedText text, JsonRows json) {
        var found = new ArrayList<String>();
        var previous = JsonToken.START_OBJECT;
        for (var depth = 1; depth > 0; ) {
            text.startRow(text.name());
            var token = json.next();
            if (depth == 1 && token == JsonToken.START_ARRAY) {
                found.add(json.key());
            } else if (depth == 2 && previous == JsonToken.START_ARRAY && token != JsonToken.START_OBJECT) {
                found.remove(found.size() - 1);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            previous = token;
        }
        return found;
    }

    private static boolean more(JsonRows json, boolean oneLine) {
        try {
            if (json.next() == JsonToken.NOT_AVAILABLE) {
                return false;
            }
        } catch (UserException e) {
            if (oneLine) {
                // An error in the next line is reported when it is read.
                return true;
            }
            throw e;
        }
        if (!oneLine) {
            throw json.wrong(
                    "more text follows the end of the object. Make the rows one array […], or put one object on"
                            + " a line.");
        }
        return true;
    }

    /**
     * The key that holds the rows.
     *
     * @throws UserException unless exactly one key is possible
     */
    String key() {
        if (keys.size() == 1) {
            return keys.get(0);
        }
        var found = keys.isEmpty()
                ? "none of its keys holds an array of objects"
                : "several keys hold arrays of objects: "
                        + String.join(", ", keys.stream().map(Printable::of).toList());
        throw new UserException(name + ": the file is one JSON object and " + found + ", so it is not clear which are"
                + " the rows. Save the rows as one array […] or as JSON lines, one object a line.");
    }
}

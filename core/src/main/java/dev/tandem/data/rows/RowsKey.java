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
 * Finds where the rows are in a file whose root is an object, such as {@code {"version": 1, "data": [{…}, …]}}: under
 * the only key that holds an array of objects. One pass over the file, nothing of which is kept.
 */
final class RowsKey {
    /** An array of objects under these is a dialogue, part of one row. */
    private static final Set<String> OF_A_ROW = Set.of(
            "messages", "conversation", "conversations", "dialogue", "prompt", "completion", "chosen", "rejected");

    private RowsKey() {}

    /** The keys at the root that hold an array of objects, without those that name a dialogue. */
    static List<String> candidates(Path file) {
        var found = new ArrayList<String>();
        try (var text = CheckedText.open(file);
                var json = JsonRows.ofFile(text.name(), new InputStreamReader(text, StandardCharsets.UTF_8))) {
            var depth = 0;
            var previous = JsonToken.NOT_AVAILABLE;
            var ended = false;
            for (var token = json.next(); token != JsonToken.NOT_AVAILABLE; token = json.next()) {
                text.startRow(text.name());
                if (ended) {
                    throw json.wrong("more text follows the end of the object. Make the rows one array […], or put one"
                            + " object on a line.");
                }
                // The key is that of the array, not of the object in it, which has none.
                if (depth == 1 && token == JsonToken.START_ARRAY) {
                    found.add(json.key());
                } else if (depth == 2 && previous == JsonToken.START_ARRAY && token != JsonToken.START_OBJECT) {
                    found.remove(found.size() - 1);
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                ended = depth == 0;
                previous = token;
            }
        }
        found.removeIf(OF_A_ROW::contains);
        return found;
    }

    /** @throws UserException unless exactly one key can hold the rows */
    static String find(Path file) {
        var keys = candidates(file);
        if (keys.size() == 1) {
            return keys.get(0);
        }
        var name = Printable.escaped(file.toString());
        var found = keys.isEmpty()
                ? "none of its keys holds an array of objects"
                : "several keys hold arrays of objects: "
                        + String.join(", ", keys.stream().map(Printable::of).toList());
        throw new UserException(name + ": the file is one JSON object and " + found + ", so it is not clear which are"
                + " the rows. Save the rows as one array […] or as JSON lines, one object a line.");
    }
}

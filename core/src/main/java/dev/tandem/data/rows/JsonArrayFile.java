package dev.tandem.data.rows;

import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JsonToken;

/** One JSON array of objects, at the root of the file or under a key of the object at its root; streamed. */
final class JsonArrayFile implements RowSource {
    private final CheckedText text;
    private final JsonRows json;
    private final Optional<String> key;
    private boolean started;
    private long rows;

    /** @param key key of the array in the object at the root; empty if the array itself is the root */
    JsonArrayFile(Path file, Optional<String> key) {
        this.text = CheckedText.open(file);
        this.json = JsonRows.ofFile(text.name(), new InputStreamReader(text, StandardCharsets.UTF_8));
        this.key = key;
    }

    @Override
    public Optional<Row> next() {
        if (!started) {
            started = true;
            enter();
        }
        text.startRow(text.name() + ", row " + (rows + 1));
        var token = json.next();
        if (token == JsonToken.END_ARRAY) {
            finish();
            return Optional.empty();
        }
        if (token != JsonToken.START_OBJECT) {
            throw json.wrong("row " + (rows + 1) + " must be a JSON object {…}, found " + JsonRows.words(token) + ".");
        }
        rows++;
        var where = text.name() + ":" + json.line() + ", row " + rows;
        return Optional.of(new Row(where, json.object()));
    }

    /** Moves past the bracket that opens the array. */
    private void enter() {
        var token = json.next();
        if (key.isEmpty()) {
            return;
        }
        var depth = 0;
        while (token != JsonToken.NOT_AVAILABLE) {
            if (depth == 1 && token == JsonToken.PROPERTY_NAME && json.key().equals(key.get())) {
                json.next();
                return;
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            text.startRow(text.name());
            token = json.next();
        }
        throw json.wrong(
                "the key \"" + Printable.of(key.get()) + "\" has disappeared: the file changed while it was read.");
    }

    /** Reads what follows the array too: a file that breaks off after it is broken. */
    private void finish() {
        for (var token = json.next(); token != JsonToken.NOT_AVAILABLE; token = json.next()) {
            text.startRow(text.name());
            if (key.isEmpty()) {
                throw json.wrong("more text follows the end of the array. Keep one array only, or put one object on a"
                        + " line.");
            }
        }
    }

    @Override
    public void close() {
        json.close();
        text.close();
    }
}

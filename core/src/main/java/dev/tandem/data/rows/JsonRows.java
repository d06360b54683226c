package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.io.Reader;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads rows, JSON objects, from one stretch of strict JSON: every error in it is a {@link UserException} that names
 * the place. Lone surrogates written as escapes are kept unchanged.
 */
final class JsonRows implements AutoCloseable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(RowLimits.DEPTH)
                    .maxNumberLength(RowLimits.DIGITS)
                    .maxStringLength(RowLimits.BYTES)
                    .maxNameLength(1 << 16)
                    .build())
            .build();

    private final JsonParser parser;
    private final Function<TokenStreamLocation, String> place;
    private int values;

    private JsonRows(JsonParser parser, Function<TokenStreamLocation, String> place) {
        this.parser = parser;
        this.place = place;
    }

    /** Reads a whole file; places are {@code name:line, column c}. */
    static JsonRows ofFile(String name, Reader text) {
        return new JsonRows(
                FACTORY.createParser(ObjectReadContext.empty(), text),
                at -> name + ":" + at.getLineNr() + ", column " + at.getColumnNr());
    }

    /**
     * Reads {@code text} as one row.
     *
     * @param where names the text in messages
     */
    static ObjectNode row(String where, String text) {
        try (var rows = new JsonRows(
                FACTORY.createParser(ObjectReadContext.empty(), text), at -> where + ", column " + at.getColumnNr())) {
            var first = rows.next();
            if (first != JsonToken.START_OBJECT) {
                throw rows.wrong("a row must be one JSON object {…}, found " + words(first) + ".");
            }
            var row = rows.object();
            if (rows.next() != JsonToken.NOT_AVAILABLE) {
                throw rows.wrong("more text follows the row's object. Put every row on a line of its own.");
            }
            return row;
        }
    }

    /** The next token, {@link JsonToken#NOT_AVAILABLE} at the end of the text. */
    JsonToken next() {
        return explained(() -> {
            var token = parser.nextToken();
            return token == null ? JsonToken.NOT_AVAILABLE : token;
        });
    }

    private <T> T explained(Supplier<T> step) {
        try {
            return step.get();
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
            throw new UserException(place.apply(at) + ": " + JsonProblems.explain(e), e);
        }
    }

    /** The key of the object that the parser is at. */
    String key() {
        return parser.currentName();
    }

    /** The line of the token read last, 1-based. */
    int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    /** The error for a mistake at the token read last. */
    UserException wrong(String what) {
        return new UserException(place.apply(parser.currentTokenLocation()) + ": " + what);
    }

    /** Reads the object whose start was read last, up to its end. */
    ObjectNode object() {
        values = 0;
        // Strings and numbers are decoded only on request, so errors can surface outside next() too.
        return explained(this::objectInside);
    }

    private ObjectNode objectInside() {
        var object = JsonNodeFactory.instance.objectNode();
        while (next() == JsonToken.PROPERTY_NAME) {
            var key = parser.currentName();
            if (object.has(key)) {
                throw wrong("the key \"" + Printable.of(key) + "\" appears twice in one object. Remove one of them.");
            }
            object.set(key, value(next()));
        }
        return object;
    }

    private JsonNode array() {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var token = next(); token != JsonToken.END_ARRAY; token = next()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode value(JsonToken token) {
        if (++values > RowLimits.VALUES) {
            throw wrong("this row holds more than " + RowLimits.VALUES + " values, more than one row may hold. Split"
                    + " or remove it.");
        }
        var nodes = JsonNodeFactory.instance;
        return switch (token) {
            case START_OBJECT -> objectInside();
            case START_ARRAY -> array();
            case VALUE_STRING -> nodes.stringNode(parser.getString());
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> fraction();
            case VALUE_TRUE -> nodes.booleanNode(true);
            case VALUE_FALSE -> nodes.booleanNode(false);
            case VALUE_NULL -> nodes.nullNode();
            default -> throw wrong("found " + words(token) + " where a value was expected.");
        };
    }

    private JsonNode integer() {
        var nodes = JsonNodeFactory.instance;
        return switch (parser.getNumberType()) {
            case INT -> nodes.numberNode(parser.getIntValue());
            case LONG -> nodes.numberNode(parser.getLongValue());
            default -> nodes.numberNode(parser.getBigIntegerValue());
        };
    }

    private JsonNode fraction() {
        var value = parser.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw wrong("the number is too large for a double. Write a smaller one, or a string.");
        }
        return JsonNodeFactory.instance.numberNode(value);
    }

    static String words(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE -> "the end";
            default -> "a bracket";
        };
    }

    @Override
    public void close() {
        parser.close();
    }
}

package dev.tandem.cli.serve.api;

import dev.tandem.cli.serve.wire.ApiError;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object, with errors that name them. A field that is null counts as absent.
 *
 * @param json the object
 * @param path its path in the request, as in {@code messages[0].}; empty for the request itself
 */
record Fields(ObjectNode json, String path) {
    /** Up to here a double holds every whole number. */
    private static final double LARGEST_EXACT = 1L << 53;

    /** @throws ApiError.Refusal if it is not an object */
    static Fields of(JsonNode json, String name) {
        if (json instanceof ObjectNode object) {
            return new Fields(object, name.isEmpty() ? "" : name + ".");
        }
        throw wrong(name, "an object", json);
    }

    /** A field, if it is there. */
    Optional<JsonNode> get(String name) {
        return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
    }

    /** A text. */
    Optional<String> text(String name) {
        return get(name).map(value -> text(path + name, value));
    }

    static String text(String name, JsonNode value) {
        if (!value.isString()) {
            throw wrong(name, "a string", value);
        }
        var text = value.stringValue();
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw ApiError.parameter(name, "invalid_value", name + " has half a surrogate pair, which is not text.")
                    .refusal();
        }
        return text;
    }

    /** A whole number from {@code least} to {@code most}; it may be written with a decimal point, as 1.0. */
    Optional<Long> longInteger(String name, long least, long most) {
        return get(name).map(value -> {
            if (!isWhole(value)) {
                throw wrong(path + name, "a whole number", value);
            }
            if (value.longValue() < least || value.longValue() > most) {
                throw outside(name, value, "from " + least + " to " + most);
            }
            return value.longValue();
        });
    }

    private static boolean isWhole(JsonNode value) {
        return value.isIntegralNumber()
                ? value.canConvertToLong()
                : value.isNumber()
                        && value.doubleValue() == Math.rint(value.doubleValue())
                        && Math.abs(value.doubleValue()) <= LARGEST_EXACT;
    }

    /** A number from {@code least} to {@code most}. */
    Optional<Double> number(String name, double least, double most) {
        return get(name).map(value -> {
            if (!value.isNumber()) {
                throw wrong(path + name, "a number", value);
            }
            // written so that NaN is refused too
            if (!(value.doubleValue() >= least && value.doubleValue() <= most)) {
                throw outside(name, value, "from " + least + " to " + most);
            }
            return value.doubleValue();
        });
    }

    private ApiError.Refusal outside(String name, JsonNode value, String expected) {
        return ApiError.parameter(
                        path + name,
                        "invalid_value",
                        path + name + " is " + shown(value) + ", but must be " + expected + ".")
                .refusal();
    }

    /** A boolean. */
    Optional<Boolean> flag(String name) {
        return get(name).map(value -> {
            if (!value.isBoolean()) {
                throw wrong(path + name, "true or false", value);
            }
            return value.booleanValue();
        });
    }

    /** The error for a field of the wrong type. */
    static ApiError.Refusal wrong(String name, String expected, JsonNode value) {
        var what = name.isEmpty() ? "The request" : name;
        return ApiError.parameter(
                        name.isEmpty() ? "body" : name,
                        "invalid_type",
                        what + " is " + kind(value) + "; " + expected + " was expected.")
                .refusal();
    }

    private static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "the number " + shown(value);
            case BOOLEAN -> value.toString();
            case NULL -> "null";
            default -> "nothing";
        };
    }

    private static String shown(JsonNode value) {
        var text = value.toString();
        return text.length() > 40 ? text.substring(0, 40) + "…" : text;
    }
}

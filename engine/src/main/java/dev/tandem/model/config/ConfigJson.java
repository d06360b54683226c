package dev.tandem.model.config;

import dev.tandem.UserException;
import dev.tandem.io.InputFiles;
import dev.tandem.io.InputJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object read key by key, with errors that name file and key. Every method that reads a key throws a {@link
 * UserException} if its value has another type than requested or is out of range.
 *
 * @param file file that it comes from
 * @param where path of the object within the file, ending with a dot; empty at the top
 * @param node the object
 */
public record ConfigJson(Path file, String where, JsonNode node) {
    /** File name of the config in a model directory. */
    public static final String FILE_NAME = "config.json";

    private static final int MAX_BYTES = 50_000_000;
    private static final int MAX_SHOWN = 80;

    /**
     * Reads a file.
     *
     * @throws UserException if it is absent, unreadable, or not a JSON object
     */
    public static ConfigJson read(Path file) {
        if (!InputFiles.isPresent(file)) {
            throw new UserException(file + " does not exist: a Hugging Face folder with " + file.getFileName()
                    + " was expected. Check the path.");
        }
        return new ConfigJson(file, "", InputJson.object(file, MAX_BYTES));
    }

    /**
     * A config that a program creates.
     *
     * @param name its name in errors
     * @param keys keys with values of JSON's types
     */
    public static ConfigJson of(String name, Map<String, ?> keys) {
        return new ConfigJson(Path.of(name), "", JsonMapper.shared().valueToTree(keys));
    }

    /**
     * Two nested objects as one.
     *
     * @param config the config they are from
     * @param first supplies the keys that {@code second} does not have
     * @param second decides
     */
    public static ConfigJson merged(ConfigJson config, Optional<ConfigJson> first, Optional<ConfigJson> second) {
        var keys = JsonMapper.shared().createObjectNode();
        first.ifPresent(json -> keys.setAll((ObjectNode) json.node));
        second.ifPresent(json -> keys.setAll((ObjectNode) json.node));
        var named = second.filter(json -> !json.node.isEmpty()).or(() -> first);
        return new ConfigJson(config.file, named.map(ConfigJson::where).orElse(""), keys);
    }

    /** Whether the key is present with a value other than null. */
    public boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether the key is present with the value null. */
    public boolean isNull(String key) {
        return node.path(key).isNull();
    }

    /** The nested object at {@code key}, if present and not null. */
    public Optional<ConfigJson> object(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        var child = node.get(key);
        if (!child.isObject()) {
            throw wrong(key, "an object");
        }
        return Optional.of(new ConfigJson(file, where + key + ".", child));
    }

    /** An integer. */
    public int integer(String key) {
        if (!has(key)) {
            throw missing(key);
        }
        var value = node.get(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, "an integer");
        }
        return value.intValue();
    }

    /** An integer > 0. */
    public int positive(String key) {
        var value = integer(key);
        if (value <= 0) {
            throw wrong(key, "a positive integer");
        }
        return value;
    }

    /** An integer > 0. */
    public int positive(String key, int absent) {
        return has(key) ? positive(key) : absent;
    }

    /** A count from 1 to {@code max}: a bound far above any real model keeps sizes computed from it meaningful. */
    public int count(String key, int max) {
        var value = positive(key);
        if (value > max) {
            throw wrong(key, "at most " + max);
        }
        return value;
    }

    /** A count from 1 to {@code max}. */
    public int count(String key, int max, int absent) {
        return has(key) ? count(key, max) : absent;
    }

    /** An integer ≥ 0. */
    public int notNegative(String key, int absent) {
        var value = has(key) ? integer(key) : absent;
        if (value < 0) {
            throw wrong(key, "an integer that is not negative");
        }
        return value;
    }

    /** A finite number. */
    public double number(String key) {
        if (!has(key)) {
            throw missing(key);
        }
        if (!node.get(key).isNumber()) {
            throw wrong(key, "a number");
        }
        // a number beyond the range of a double is finite in JSON
        var value = Double.parseDouble(node.get(key).asString());
        if (!Double.isFinite(value)) {
            throw wrong(key, "a finite number");
        }
        return value;
    }

    /** A number > 0. */
    public double positiveNumber(String key) {
        var value = number(key);
        if (!(value > 0)) {
            throw wrong(key, "a positive number");
        }
        return value;
    }

    /** A number > 0. */
    public double positiveNumber(String key, double absent) {
        return has(key) ? positiveNumber(key) : absent;
    }

    /** A finite number. */
    public double number(String key, double absent) {
        return has(key) ? number(key) : absent;
    }

    /** True or false. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (!node.get(key).isBoolean()) {
            throw wrong(key, "true or false");
        }
        return node.get(key).booleanValue();
    }

    /** A string, if the key is present. */
    public Optional<String> text(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!node.get(key).isString()) {
            throw wrong(key, "a string");
        }
        return Optional.of(node.get(key).stringValue());
    }

    /** An integer, if the key is present. */
    public OptionalInt optionalInteger(String key) {
        return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
    }

    /** An integer, or a list of integers; empty if absent. */
    public List<Integer> integers(String key) {
        if (!has(key)) {
            return List.of();
        }
        var value = node.get(key);
        if (value.isIntegralNumber()) {
            return List.of(integer(key));
        }
        var result = new ArrayList<Integer>();
        for (var element : array(key)) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw wrong(key, "an integer or a list of integers");
            }
            result.add(element.intValue());
        }
        return result;
    }

    /** A list of strings; empty if absent. */
    public List<String> texts(String key) {
        if (!has(key)) {
            return List.of();
        }
        var result = new ArrayList<String>();
        for (var element : array(key)) {
            if (!element.isString()) {
                throw wrong(key, "a list of strings");
            }
            result.add(element.stringValue());
        }
        return result;
    }

    /**
     * Refuses a key that changes what is computed and is not supported, unless it is absent, null or false.
     *
     * @param expected what would be supported
     */
    public void refuse(String key, String expected) {
        if (has(key) && !(node.get(key).isBoolean() && !node.get(key).booleanValue())) {
            throw wrong(key, expected);
        }
    }

    private JsonNode array(String key) {
        if (!node.get(key).isArray()) {
            throw wrong(key, "a list");
        }
        return node.get(key);
    }

    private String shown(String key) {
        var value = node.get(key);
        if (value == null) {
            return "absent";
        }
        var text = value.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    /** The exception for a missing key. */
    public UserException missing(String key) {
        return new UserException(file + ": key '" + where + key + "' is missing.");
    }

    /** The exception for a key with a value that cannot be used. */
    public UserException wrong(String key, String expected) {
        return new UserException(
                file + ": key '" + where + key + "' is " + shown(key) + "; " + expected + " was expected.");
    }
}

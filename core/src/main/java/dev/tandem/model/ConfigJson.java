package dev.tandem.model;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object read key by key, with errors that name file and key. */
record ConfigJson(Path file, String where, JsonNode node) {

    /** @throws UserException if the file is absent, unreadable, or not a JSON object */
    static ConfigJson read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + " does not exist: a Hugging Face folder with " + file.getFileName()
                    + " was expected. Check the path.");
        }
        try {
            var node = JsonMapper.shared().readTree(Files.readString(file));
            if (!node.isObject()) {
                throw new UserException(file + " is not a JSON object.");
            }
            return new ConfigJson(file, "", node);
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new UserException(file + at + " is not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read as UTF-8 text: " + e.getMessage(), e);
        }
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** The nested object at {@code key}, if present and not null. */
    Optional<ConfigJson> object(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        var child = node.get(key);
        if (!child.isObject()) {
            throw wrong(key, "an object");
        }
        return Optional.of(new ConfigJson(file, where + key + ".", child));
    }

    int integer(String key) {
        if (!has(key)) {
            throw missing(key);
        }
        var value = node.get(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(key, "an integer");
        }
        return value.intValue();
    }

    int positive(String key) {
        var value = integer(key);
        if (value <= 0) {
            throw wrong(key, "a positive integer");
        }
        return value;
    }

    int positive(String key, int absent) {
        return has(key) ? positive(key) : absent;
    }

    double number(String key) {
        if (!has(key)) {
            throw missing(key);
        }
        if (!node.get(key).isNumber()) {
            throw wrong(key, "a number");
        }
        return node.get(key).doubleValue();
    }

    double number(String key, double absent) {
        return has(key) ? number(key) : absent;
    }

    boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (!node.get(key).isBoolean()) {
            throw wrong(key, "true or false");
        }
        return node.get(key).booleanValue();
    }

    Optional<String> text(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!node.get(key).isString()) {
            throw wrong(key, "a string");
        }
        return Optional.of(node.get(key).stringValue());
    }

    OptionalInt optionalInteger(String key) {
        return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
    }

    /** An integer, or a list of integers; empty if absent. */
    List<Integer> integers(String key) {
        if (!has(key)) {
            return List.of();
        }
        var value = node.get(key);
        if (value.isIntegralNumber()) {
            return List.of(value.intValue());
        }
        var result = new ArrayList<Integer>();
        for (var element : array(key)) {
            if (!element.isIntegralNumber()) {
                throw wrong(key, "an integer or a list of integers");
            }
            result.add(element.intValue());
        }
        return result;
    }

    /** A list of strings; empty if absent. */
    List<String> texts(String key) {
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

    private JsonNode array(String key) {
        if (!node.get(key).isArray()) {
            throw wrong(key, "a list");
        }
        return node.get(key);
    }

    UserException missing(String key) {
        return new UserException(file + ": key '" + where + key + "' is missing.");
    }

    UserException wrong(String key, String expected) {
        var value = node.get(key);
        return new UserException(file + ": key '" + where + key + "' is "
                + (value == null ? "absent" : value.toString()) + "; " + expected + " was expected.");
    }
}

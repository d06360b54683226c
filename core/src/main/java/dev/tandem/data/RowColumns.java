package dev.tandem.data;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Columns of a row by the names that a format gives them, with errors that say what to do. */
record RowColumns(Map<String, String> columns) {
    /** A name within this edit distance is taken for a typing error, not for another name. */
    private static final int CLOSE = 2;

    /** @param columns maps the format's column names to the file's; names not in it are the same in both */
    RowColumns {
        columns = Map.copyOf(columns);
    }

    /**
     * The text in {@code column}.
     *
     * @throws UserException if the column is absent, or holds something else
     */
    String text(Row row, String column) {
        return text(row, column, required(row, column));
    }

    /** The text in {@code column}; empty when the column is absent or null. */
    String optionalText(Row row, String column) {
        return optional(row, column).map(node -> text(row, column, node)).orElse("");
    }

    /** The value in {@code column}; absent when the column is absent or null. */
    Optional<JsonNode> optional(Row row, String column) {
        return Optional.ofNullable(row.values().get(name(column))).filter(node -> !node.isNull());
    }

    /** @throws UserException if the column is absent or null */
    JsonNode required(Row row, String column) {
        var node = row.values().get(name(column));
        if (node == null) {
            throw missing(row, column);
        }
        if (node.isNull()) {
            throw new UserException(row.where() + ": column '" + Printable.text(name(column))
                    + "' is null. Give it a value or remove" + " the row.");
        }
        return node;
    }

    /** The error for a value in {@code column} that is not {@code expected}. */
    UserException wrong(Row row, String column, JsonNode found, String expected) {
        return new UserException(row.where() + ": column '" + Printable.text(name(column)) + "' holds "
                + describe(found) + "; " + expected + " was expected. Correct or remove the row.");
    }

    private String text(Row row, String column, JsonNode node) {
        if (!node.isString()) {
            throw wrong(row, column, node, "a text");
        }
        return node.stringValue();
    }

    private String name(String column) {
        return columns.getOrDefault(column, column);
    }

    private static String describe(JsonNode node) {
        var kind = node.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (node.getNodeType()) {
            case NUMBER, BOOLEAN -> "the " + kind + " " + Printable.text(node.toString());
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> "a " + kind;
        };
    }

    private UserException missing(Row row, String column) {
        var wanted = name(column);
        var there = row.values().propertyNames().stream()
                .map(name -> "'" + Printable.text(name) + "'")
                .collect(Collectors.joining(", "));
        var advice = nearest(row, wanted)
                .map(near -> "Did you mean '" + Printable.text(near) + "'? Map it with columns: {" + column + ": "
                        + Printable.text(near) + "}.")
                .orElse("Map another name with columns: {" + column + ": …}.");
        return new UserException(row.where() + ": no column '" + Printable.text(wanted) + "'; the row has "
                + (there.isEmpty() ? "none" : there) + ". " + advice);
    }

    private static Optional<String> nearest(Row row, String wanted) {
        return row.values().propertyNames().stream()
                .filter(name -> distance(name, wanted) <= CLOSE)
                .min(Comparator.comparingInt(name -> distance(name, wanted)));
    }

    /** Levenshtein distance of the lower-case names. */
    private static int distance(String first, String second) {
        var a = first.toLowerCase(Locale.ROOT);
        var b = second.toLowerCase(Locale.ROOT);
        var row = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

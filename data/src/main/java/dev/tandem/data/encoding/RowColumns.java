package dev.tandem.data.encoding;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import dev.tandem.text.SafeText;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Columns of a row by the names that a format gives them, with errors that say what to do.
 *
 * @param columns maps the format's column names to the file's; names not in it are the same in both
 * @param otherNames maps the format's column names to further names, which are read if a row has no column of the first
 *     name and none is mapped
 */
public record RowColumns(Map<String, String> columns, Map<String, List<String>> otherNames) {
    /** A name within this edit distance counts as a typing error, not as another name. */
    private static final int CLOSE = 2;

    public RowColumns {
        columns = Map.copyOf(columns);
        otherNames = Map.copyOf(otherNames);
    }

    /** Columns without further names. @param columns maps the format's column names to the file's */
    public RowColumns(Map<String, String> columns) {
        this(columns, Map.of());
    }

    /** The file's name of a column, ignoring further names. */
    public String name(String column) {
        return columns.getOrDefault(column, column);
    }

    /** Whether a row has something other than null in {@code column}. */
    public boolean has(Row row, String column) {
        return row.values().hasNonNull(name(row, column));
    }

    /**
     * The text in {@code column}.
     *
     * @throws UserException if the column is absent, or holds something else
     */
    public String text(Row row, String column) {
        return text(row, column, required(row, column));
    }

    /**
     * The text in {@code column}; empty when the column is absent or null.
     *
     * @throws UserException if it holds something else
     */
    public String optionalText(Row row, String column) {
        return optional(row, column).map(node -> text(row, column, node)).orElse("");
    }

    /**
     * The boolean in {@code column}: {@code true} or 1, {@code false} or 0. Files that hold only texts, such as CSV,
     * spell it out.
     *
     * @throws UserException if the column is absent, or holds something else
     */
    public boolean flag(Row row, String column) {
        var node = required(row, column);
        var spelt = node.isString() ? node.stringValue().toLowerCase(Locale.ROOT) : node.toString();
        return switch (spelt) {
            case "true", "1", "1.0" -> true;
            case "false", "0", "0.0" -> false;
            default -> throw wrong(row, column, node, "true or false, or 1 or 0,");
        };
    }

    /** The value in {@code column}; absent when the column is absent or null. */
    public Optional<JsonNode> optional(Row row, String column) {
        return Optional.ofNullable(row.values().get(name(row, column))).filter(node -> !node.isNull());
    }

    /** @throws UserException if the column is absent or null */
    public JsonNode required(Row row, String column) {
        var name = name(row, column);
        var node = row.values().get(name);
        if (node == null) {
            throw missing(row, column);
        }
        if (node.isNull()) {
            throw new UserException(row.where() + ": column '" + SafeText.line(name, 80)
                    + "' is null. Give it a value or remove" + " the row.");
        }
        return node;
    }

    /** The error for something that is not {@code expected} in {@code column}. */
    public UserException wrong(Row row, String column, JsonNode found, String expected) {
        return new UserException(row.where() + ": column '" + SafeText.line(name(row, column), 80) + "' holds "
                + describe(found) + "; " + expected + " was expected. Correct or remove the row.");
    }

    private String text(Row row, String column, JsonNode node) {
        if (!node.isString()) {
            throw wrong(row, column, node, "a text");
        }
        return node.stringValue();
    }

    /**
     * A row's name of a column, which may be one of its further names.
     *
     * @throws UserException if the row has columns of two of the names
     */
    public String name(Row row, String column) {
        if (columns.containsKey(column)) {
            return name(column);
        }
        var there = Stream.concat(Stream.of(column), otherNames.getOrDefault(column, List.of()).stream())
                .filter(row.values()::hasNonNull)
                .toList();
        if (there.size() > 1) {
            throw new UserException(row.where() + ": the row has both '" + there.get(0) + "' and '" + there.get(1)
                    + "', which are two names of one column. Say which is meant: " + mapping(column, "…") + ".");
        }
        return there.isEmpty() ? column : there.get(0);
    }

    /** How a recipe and a command line map a column of the format to one of the file. */
    private static String mapping(String column, String inFile) {
        return "data: {path: …, columns: {" + column + ": " + inFile + "}} in a recipe, --column " + column + "="
                + inFile + " on a command line";
    }

    private static String describe(JsonNode node) {
        var kind = node.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (node.getNodeType()) {
            case NUMBER, BOOLEAN -> "the " + kind + " " + SafeText.line(node.toString(), 80);
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> "a " + kind;
        };
    }

    private UserException missing(Row row, String column) {
        var wanted = name(column);
        var there = row.values().propertyNames().stream()
                .map(name -> "'" + SafeText.line(name, 80) + "'")
                .collect(Collectors.joining(", "));
        var advice = nearest(row, wanted)
                .map(near -> "Did you mean '" + SafeText.line(near, 80) + "'? Map it with "
                        + mapping(column, SafeText.line(near, 80)) + ".")
                .orElse("Map another name with " + mapping(column, "…") + ".");
        return new UserException(row.where() + ": no column '" + SafeText.line(wanted, 80) + "'; the row has "
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

package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.rows.Row;
import dev.tandem.text.SafeText;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The columns of a file that its format does not read. Those that change what a row means are refused where they are not
 * empty; the others are named once, except for those that never matter.
 */
final class UnreadColumns {
    private static final String LABEL = "label";
    /** Columns that say whether an answer is good. */
    static final List<String> LABELS = List.of(LABEL, "kto_tag");

    private static final String LABELLED = "says whether the answer is good; use --format labelled";
    private static final String NOT_TEXT = "holds no text, and only texts are read";
    private static final String MESSAGES = "belongs to messages; use the format conversation";

    /** What columns mean that must not be left out. */
    private static final Map<String, String> MEANINGS = meanings();

    /** Columns that describe a row, its origin or its quality. */
    private static final Pattern HARMLESS = Pattern.compile("_?id|.*_id|idx|index|uuid|guid|source|dataset|origin|url|"
            + "category|categories|topic|tags?|lang(uage)?|license|created(_at)?|timestamp|date|author|metadata|meta|"
            + "split|subset|score.*|.*_score|rating.*|.*_rating|length|num_.*|model|.*_model|__index_level_\\d+__");

    private final RowFormat format;
    private final Set<String> read = new HashSet<>();

    UnreadColumns(RowFormat format, RowShape shape, Map<String, String> mapped) {
        this.format = format;
        for (var column : format.columns(shape)) {
            read.add(mapped.getOrDefault(column, column));
            if (!mapped.containsKey(column)) {
                read.addAll(format.otherNames().getOrDefault(column, List.of()));
            }
        }
    }

    private static Map<String, String> meanings() {
        var result = new LinkedHashMap<String, String>();
        result.put("system", "is a text before the prompt");
        result.put("system_prompt", "is a text before the prompt");
        result.put(
                "history",
                "holds earlier turns; write them and the row's own as messages, and use the format" + " conversation");
        result.put("tools", MESSAGES);
        result.put("functions", "holds tools; write them as 'tools'");
        result.put("chat_template_kwargs", MESSAGES);
        result.put("documents", MESSAGES);
        for (var label : LABELS) {
            result.put(label, LABELLED);
        }
        for (var medium : List.of("image", "images", "video", "videos", "audio", "audios")) {
            result.put(medium, NOT_TEXT);
        }
        return result;
    }

    /** @throws UserException if the row has a column that changes what it means and that the format does not read */
    void check(Row row) {
        for (var meaning : MEANINGS.entrySet()) {
            var column = meaning.getKey();
            var value = row.values().get(column);
            if (value != null && !read.contains(column) && matters(column, value)) {
                throw new UserException(row.where() + ": column '" + column + "' " + meaning.getValue() + ". Rows of"
                        + " format " + format.name() + " do not have it, and without it the row would mean something"
                        + " else. Remove the column if it does not matter.");
            }
        }
    }

    private static boolean matters(String column, JsonNode value) {
        if (column.equals(LABEL)) {
            return value.isBoolean()
                    || value.isString()
                            && Set.of("true", "false")
                                    .contains(value.stringValue().toLowerCase(Locale.ROOT));
        }
        if (column.equals("documents")) {
            return value.isArray() && !value.isEmpty();
        }
        var empty = value.isNull()
                || value.isContainer() && value.isEmpty()
                || value.isString()
                        && Set.of("", "[]", "{}").contains(value.stringValue().strip());
        return !empty;
    }

    /** Those of a file's columns that are not read, apart from harmless ones, ready for a message. */
    List<String> of(Collection<String> columns) {
        return columns.stream()
                .filter(column -> !read.contains(column)
                        && !HARMLESS.matcher(column.toLowerCase(Locale.ROOT)).matches())
                .map(column -> SafeText.line(column, 80))
                .toList();
    }
}

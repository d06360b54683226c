package dev.tandem.data.check;

import dev.tandem.data.RowFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the texts of rows. Values that should be texts and are not are taken as JSON: whether that stops a run is for
 * others to say.
 *
 * @param format of the rows
 * @param pairs whether rows of token ids are pairs
 * @param columns from the format's column names to the file's
 */
record RowTextReader(RowFormat format, boolean pairs, Map<String, String> columns) {
    private static final String ANSWER = "\n\nAssistant:";

    /** Absent if the row lacks a column that its format needs. */
    Optional<RowTexts> read(ObjectNode row) {
        return switch (format) {
            case ALPACA -> texts(row, "instruction", "output").map(t -> alpaca(row, t));
            case SFT -> texts(row, "prompt", "response").map(RowTextReader::promptThenAnswers);
            case PREFERENCE -> texts(row, "prompt", "chosen", "rejected").map(RowTextReader::promptThenAnswers);
            case IMPLICIT_PREFERENCE -> texts(row, "chosen", "rejected").map(t -> implicit(row, t));
            case CONVERSATION -> messages(row, "messages").map(RowTextReader::conversation);
            case TOKENS ->
                pairs
                        ? texts(row, "prompt_ids", "chosen_ids", "rejected_ids").map(RowTextReader::promptThenAnswers)
                        : value(row, "input_ids").filter(JsonNode::isArray).map(ids -> tokens(row, ids));
        };
    }

    private static RowTexts promptThenAnswers(List<String> texts) {
        return new RowTexts(texts.get(0), texts.subList(1, texts.size()));
    }

    private RowTexts alpaca(ObjectNode row, List<String> texts) {
        var input = value(row, "input").map(RowTextReader::plain).orElse("");
        return new RowTexts((texts.get(0) + "\n" + input).strip(), texts.subList(1, 2));
    }

    /** Of lists of messages, all but the last are shared; of texts, all up to the last answer's mark. */
    private RowTexts implicit(ObjectNode row, List<String> dialogues) {
        var chosen = messages(row, "chosen");
        if (chosen.isPresent()) {
            var rejected = messages(row, "rejected").orElse(List.of(""));
            var shared = Math.max(0, chosen.get().size() - 1);
            var other = Math.max(0, rejected.size() - 1);
            return new RowTexts(
                    joined(chosen.get().subList(0, shared)),
                    List.of(
                            joined(chosen.get().subList(shared, chosen.get().size())),
                            joined(rejected.subList(other, rejected.size()))));
        }
        var mark = dialogues.get(0).lastIndexOf(ANSWER);
        var start = mark < 0 ? 0 : mark + ANSWER.length();
        return new RowTexts(
                dialogues.get(0).substring(0, start),
                dialogues.stream()
                        .map(d -> d.substring(Math.min(start, d.length())))
                        .toList());
    }

    private static RowTexts conversation(List<String> messages) {
        var prompt = 0;
        while (prompt < messages.size() && !messages.get(prompt).startsWith("Assistant:")) {
            prompt++;
        }
        return new RowTexts(
                joined(messages.subList(0, prompt)), List.of(joined(messages.subList(prompt, messages.size()))));
    }

    private RowTexts tokens(ObjectNode row, JsonNode ids) {
        var all = ids.valueStream().map(JsonNode::toString).toList();
        var length = value(row, "prompt_length").map(n -> n.asInt(0)).orElse(0);
        var prompt = Math.max(0, Math.min(all.size(), length));
        return new RowTexts(
                String.join(" ", all.subList(0, prompt)), List.of(String.join(" ", all.subList(prompt, all.size()))));
    }

    private Optional<List<String>> texts(ObjectNode row, String... names) {
        var found = List.of(names).stream()
                .flatMap(name -> text(row, name).stream())
                .toList();
        return found.size() == names.length ? Optional.of(found) : Optional.empty();
    }

    private Optional<String> text(ObjectNode row, String column) {
        return messages(row, column)
                .map(RowTextReader::joined)
                .or(() -> value(row, column).map(RowTextReader::plain));
    }

    /** Messages such as {@code User: …} and {@code Assistant: …}; absent unless the column is a list of objects. */
    private Optional<List<String>> messages(ObjectNode row, String column) {
        return value(row, column)
                .filter(node -> node.isArray() && !node.isEmpty() && node.get(0).isObject())
                .map(list -> list.valueStream().map(RowTextReader::message).toList());
    }

    private static String message(JsonNode message) {
        var role = plain(message.path(message.has("role") ? "role" : "from"));
        var content = plain(message.path(message.has("content") ? "content" : "value"));
        return switch (role) {
            case "assistant", "gpt", "bot" -> "Assistant: " + content;
            case "user", "human" -> "User: " + content;
            default -> role + ": " + content;
        };
    }

    private Optional<JsonNode> value(ObjectNode row, String column) {
        return Optional.ofNullable(row.get(columns.getOrDefault(column, column)))
                .filter(node -> !node.isNull());
    }

    private static String plain(JsonNode node) {
        if (node.isMissingNode()) {
            return "";
        }
        return node.isString() ? node.stringValue() : node.toString();
    }

    private static String joined(List<String> messages) {
        return String.join("\n", messages);
    }
}

package dev.tandem.eval.choice;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A row of a multiple-choice set, in the shapes that public sets have:
 *
 * <ul>
 *   <li>{@code question}, {@code choices} (texts), {@code answer} (index from 0, or letter), {@code subject}: MMLU
 *   <li>{@code question} or {@code question_stem}, {@code choices: {text, label}}, {@code answerKey} (a label): ARC, OpenBookQA,
 *       CommonsenseQA
 *   <li>{@code question}, {@code options} (texts, or texts by label), {@code answer_index} or {@code answer} (a letter or label),
 *       {@code category}: MMLU-Pro, MedQA
 * </ul>
 *
 * @param row the row
 */
record QuestionRow(Row row) {
    private static final List<String> QUESTIONS = List.of("question", "question_stem");
    private static final List<String> CHOICES = List.of("choices", "options");
    private static final List<String> INDICES = List.of("answer_index", "answer_idx");
    private static final List<String> ANSWERS = List.of("answerKey", "answer_key", "answer", "answer_idx");
    private static final List<String> SUBJECTS = List.of("subject", "category");
    private static final int MAX_CHOICES = 26;

    /** @param labels as the row has them; empty: choices are named by their letters */
    private record Choices(List<String> texts, List<String> labels) {}

    /** @throws UserException if the row is not a multiple-choice question */
    Question read() {
        var text = first(QUESTIONS).filter(JsonNode::isString).map(JsonNode::stringValue);
        var choices = first(CHOICES).flatMap(this::choices);
        if (text.isEmpty() || choices.isEmpty()) {
            throw new UserException(
                    row.where() + ": this is not a question with choices. A text 'question', 'choices' (a"
                            + " list of texts, or {text, label}) or 'options', and an 'answer', 'answer_index' or 'answerKey' were"
                            + " expected; the columns are " + row.values().propertyNames() + ".");
        }
        var count = choices.get().texts().size();
        if (count < 2 || count > MAX_CHOICES) {
            throw new UserException(row.where() + ": choices: " + count + ", but 2 to " + MAX_CHOICES + " are needed.");
        }
        var subject = first(SUBJECTS).map(node -> node.asString("")).orElse("");
        return new Question(row.where(), subject, text.get(), choices.get().texts(), answer(choices.get()));
    }

    private Optional<JsonNode> first(List<String> names) {
        return names.stream()
                .map(name -> row.values().path(name))
                .filter(node -> !node.isMissingNode() && !node.isNull())
                .findFirst();
    }

    private Optional<Choices> choices(JsonNode node) {
        if (node.isArray()) {
            return Optional.of(new Choices(texts(node), List.of()));
        }
        if (node.path("text").isArray() && node.path("label").isArray()) {
            var result = new Choices(texts(node.path("text")), texts(node.path("label")));
            if (result.texts().size() != result.labels().size()) {
                throw new UserException(
                        row.where() + ": choices have " + result.texts().size() + " texts and "
                                + result.labels().size() + " labels; one label for each text was expected.");
            }
            return Optional.of(result);
        }
        if (!node.isObject()) {
            return Optional.empty();
        }
        var texts = new ArrayList<String>();
        node.properties().forEach(entry -> texts.add(text(entry.getValue())));
        return Optional.of(new Choices(texts, List.copyOf(node.propertyNames())));
    }

    private List<String> texts(JsonNode list) {
        var result = new ArrayList<String>();
        list.forEach(choice -> result.add(text(choice)));
        return result;
    }

    private String text(JsonNode choice) {
        if (!choice.isString()) {
            throw new UserException(row.where() + ": a choice is " + choice + ", a text was expected.");
        }
        return choice.stringValue();
    }

    /** All columns that say the answer must agree. */
    private int answer(Choices choices) {
        var count = choices.texts().size();
        var said = ANSWERS.stream()
                .map(name -> row.values().path(name))
                .filter(node -> node.isString() || node.isIntegralNumber())
                .map(node -> index(node, choices.labels()))
                .toList();
        var indices = INDICES.stream()
                .map(name -> row.values().path(name))
                .filter(JsonNode::isIntegralNumber)
                .map(JsonNode::intValue)
                .toList();
        // the text of a choice says nothing that an index does not
        var all = (indices.isEmpty()
                        ? said.stream()
                        : IntStream.concat(
                                        indices.stream().mapToInt(i -> i),
                                        said.stream().mapToInt(i -> i).filter(i -> i >= 0))
                                .boxed())
                .distinct()
                .toList();
        if (all.size() != 1 || all.get(0) < 0 || all.get(0) >= count) {
            throw new UserException(row.where() + ": the answer is "
                    + first(ANSWERS)
                            .or(() -> first(INDICES))
                            .map(JsonNode::toString)
                            .orElse("missing") + ", but must be a"
                    + (choices.labels().isEmpty()
                            ? " letter from A to " + Question.letter(count - 1) + ", or an index from 0 to "
                                    + (count - 1)
                            : " label: " + String.join(", ", choices.labels()))
                    + (all.size() > 1 ? "; its columns disagree." : "."));
        }
        return all.get(0);
    }

    /** -1 if it is none of the choices. */
    private static int index(JsonNode answer, List<String> labels) {
        var text = answer.asString("").strip();
        if (!labels.isEmpty()) {
            return labels.indexOf(text);
        }
        if (answer.isIntegralNumber() && answer.canConvertToInt()) {
            return answer.intValue();
        }
        if (text.length() != 1) {
            return -1;
        }
        var character = Character.toUpperCase(text.charAt(0));
        return character >= 'A' ? character - 'A' : character - '0';
    }
}

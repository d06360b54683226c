package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.RowColumns;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.encoding.TrainedSpans;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * {@code tokens}: rows that are already tokenised, {@code input_ids} and {@code prompt_length}, or {@code prompt_ids},
 * {@code chosen_ids} and {@code rejected_ids}. Nothing is added to them. Everything after the prompt is trained, or
 * only those parts of it that {@code trained}, {@code chosen_trained} and {@code rejected_trained} list. Labelled rows
 * are single sequences with a column {@code label}.
 */
public record TokensFormat() implements RowFormat {
    private static final String INPUT_IDS = "input_ids";
    private static final String PROMPT_LENGTH = "prompt_length";
    private static final String PROMPT_IDS = "prompt_ids";
    private static final String CHOSEN_IDS = "chosen_ids";
    private static final String REJECTED_IDS = "rejected_ids";
    private static final String TRAINED = "trained";
    private static final String CHOSEN_TRAINED = "chosen_trained";
    private static final String REJECTED_TRAINED = "rejected_trained";
    private static final String LABEL = "label";

    @Override
    public String name() {
        return "tokens";
    }

    @Override
    public List<RowShape> shapes() {
        return List.of(RowShape.RESPONSE, RowShape.PAIR, RowShape.LABELLED);
    }

    @Override
    public List<String> columns(RowShape shape) {
        return switch (shape) {
            case PAIR -> List.of(PROMPT_IDS, CHOSEN_IDS, REJECTED_IDS, CHOSEN_TRAINED, REJECTED_TRAINED);
            case LABELLED -> List.of(INPUT_IDS, PROMPT_LENGTH, TRAINED, LABEL);
            default -> List.of(INPUT_IDS, PROMPT_LENGTH, TRAINED);
        };
    }

    @Override
    public List<String> required(RowShape shape) {
        return switch (shape) {
            case PAIR -> List.of(PROMPT_IDS, CHOSEN_IDS, REJECTED_IDS);
            case LABELLED -> List.of(INPUT_IDS, PROMPT_LENGTH, LABEL);
            default -> List.of(INPUT_IDS, PROMPT_LENGTH);
        };
    }

    @Override
    public boolean isText() {
        return false;
    }

    @Override
    public boolean takesTemplate() {
        return false;
    }

    @Override
    public boolean matches(Collection<String> columns) {
        return columns.contains(INPUT_IDS) || columns.contains(CHOSEN_IDS);
    }

    @Override
    public RowShape shape(Collection<String> columns) {
        return columns.contains(CHOSEN_IDS) ? RowShape.PAIR : RowShape.RESPONSE;
    }

    @Override
    public RowEncoder encoder(RowShape shape, RowColumns columns, EncodingContext context) {
        var encoder = new Encoder(columns, context.vocabSize(), context.maxLength(), context.overlong());
        return switch (shape) {
            case PAIR -> encoder::pair;
            case LABELLED -> encoder::labelled;
            default -> encoder::single;
        };
    }

    @Override
    public Optional<RowTexts> texts(RowShape shape, Row row, RowColumns columns) {
        if (shape == RowShape.PAIR) {
            return RowTexts.of(row, columns, PROMPT_IDS, CHOSEN_IDS, REJECTED_IDS);
        }
        var length = columns.optional(row, PROMPT_LENGTH).map(n -> n.asInt(0)).orElse(0);
        return columns.optional(row, INPUT_IDS)
                .filter(JsonNode::isArray)
                .map(ids -> texts(ids.valueStream().map(JsonNode::toString).toList(), length));
    }

    private static RowTexts texts(List<String> ids, int promptLength) {
        var prompt = Math.max(0, Math.min(ids.size(), promptLength));
        return new RowTexts(
                String.join(" ", ids.subList(0, prompt)), List.of(String.join(" ", ids.subList(prompt, ids.size()))));
    }

    /**
     * Creates sequences from ids.
     *
     * @param columns the file's names of the columns
     * @param vocabSize size of the model's vocabulary; an id outside it is refused
     * @param maxLength longest sequence, tokens
     * @param overlong what happens to a response that does not fit
     */
    private record Encoder(RowColumns columns, int vocabSize, int maxLength, Overlong overlong) {

        private EncodedRow single(Row row) {
            var ids = ids(row, INPUT_IDS);
            var promptLength = column(row, PROMPT_LENGTH);
            if (!promptLength.isIntegralNumber()
                    || !promptLength.canConvertToInt()
                    || promptLength.intValue() < 0
                    || promptLength.intValue() > ids.length) {
                throw new UserException(row.where() + ": '" + name(PROMPT_LENGTH)
                        + "' must be an integer from 0 to the " + ids.length + " tokens of '" + name(INPUT_IDS) + "'.");
            }
            var prompt = promptLength.intValue();
            if (ids.length == prompt || ids.length < 2) {
                return new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN);
            }
            return fitted(List.of(sequence(row, ids, prompt, TRAINED, 0)), prompt, EnumSet.noneOf(RowWarning.class));
        }

        private EncodedRow labelled(Row row) {
            var label = columns.flag(row, LABEL);
            var encoded = single(row);
            return encoded instanceof EncodedRow.Kept kept ? kept.withLabel(label ? 1 : 0) : encoded;
        }

        private EncodedRow pair(Row row) {
            var prompt = ids(row, PROMPT_IDS);
            var chosen = ids(row, CHOSEN_IDS);
            var rejected = ids(row, REJECTED_IDS);
            if (chosen.length == 0 || rejected.length == 0) {
                return new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN);
            }
            var notes = EnumSet.noneOf(RowWarning.class);
            if (Arrays.equals(chosen, rejected)) {
                notes.add(RowWarning.EQUAL_PAIR);
            }
            return fitted(
                    List.of(
                            sequence(row, joined(prompt, chosen), prompt.length, CHOSEN_TRAINED, prompt.length),
                            sequence(row, joined(prompt, rejected), prompt.length, REJECTED_TRAINED, prompt.length)),
                    prompt.length,
                    notes);
        }

        /** @param offset place of the first id that the column of spans counts */
        private TokenSequence sequence(Row row, int[] ids, int promptLength, String column, int offset) {
            var spans = row.values().get(name(column));
            if (spans == null || spans.isNull()) {
                return TokenSequence.of(ids, promptLength);
            }
            var trained = new boolean[ids.length];
            TrainedSpans.mark(row, name(column), spans, trained, offset);
            return new TokenSequence(ids, trained);
        }

        private EncodedRow fitted(List<TokenSequence> sequences, int promptLength, Set<RowWarning> notes) {
            if (promptLength >= maxLength) {
                return new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG);
            }
            if (promptLength == 0) {
                notes.add(RowWarning.EMPTY_PROMPT);
            }
            if (sequences.stream().anyMatch(s -> s.length() > maxLength)) {
                if (overlong == Overlong.DROP) {
                    return new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG);
                }
                notes.add(RowWarning.RESPONSE_CUT);
            }
            var result = sequences.stream().map(this::cut).toList();
            return result.stream().anyMatch(s -> s.trainedTokens() == 0)
                    ? new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN)
                    : new EncodedRow.Kept(result, notes);
        }

        private TokenSequence cut(TokenSequence sequence) {
            return sequence.length() <= maxLength
                    ? sequence
                    : new TokenSequence(
                            Arrays.copyOf(sequence.ids(), maxLength), Arrays.copyOf(sequence.trained(), maxLength));
        }

        private static int[] joined(int[] prompt, int[] response) {
            var result = Arrays.copyOf(prompt, prompt.length + response.length);
            System.arraycopy(response, 0, result, prompt.length, response.length);
            return result;
        }

        private int[] ids(Row row, String column) {
            var array = column(row, column);
            if (!array.isArray()) {
                throw new UserException(row.where() + ": '" + name(column) + "' must be a list of token ids, but is a "
                        + array.getNodeType().name().toLowerCase(Locale.ROOT) + ".");
            }
            var result = new int[array.size()];
            for (var i = 0; i < result.length; i++) {
                result[i] = id(row, column, i, array.get(i));
            }
            return result;
        }

        private int id(Row row, String column, int place, JsonNode id) {
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= vocabSize) {
                throw new UserException(row.where() + ": '" + name(column) + "' holds something at place " + place
                        + " that is not a token id of this model: an integer from 0 to " + (vocabSize - 1)
                        + " is expected.");
            }
            return id.intValue();
        }

        private JsonNode column(Row row, String column) {
            return Optional.ofNullable(row.values().get(name(column)))
                    .orElseThrow(() -> new UserException(row.where() + ": no column '" + name(column) + "'. It has: "
                            + String.join(", ", row.values().propertyNames()) + ". Map other names with 'columns'."));
        }

        private String name(String column) {
            return columns.name(column);
        }
    }
}

package dev.tandem.data;

import dev.tandem.data.rows.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Encodes answers that are to be scored: as rows to train on, only that an empty answer, which nothing could be learnt from,
 * is its end token alone. A model that says nothing is judged by that too.
 */
public final class AnswerEncoder implements RowEncoder {
    private final RowEncoder encoder;
    private final PromptEncoder prompts;
    private final EncodingContext context;

    /**
     * @param format one whose rows have prompts
     * @param context has a tokenizer
     * @throws dev.tandem.UserException if the format has no prompts, or needs a chat template and the model has none
     */
    public AnswerEncoder(RowFormat format, EncodingContext context) {
        this.prompts = PromptEncoder.of(format, Map.of(), context.unlimited());
        this.encoder = RowFormats.encoder(format, RowShape.RESPONSE, Map.of(), context);
        this.context = context;
    }

    @Override
    public EncodedRow encode(Row row) {
        var encoded = encoder.encode(row);
        if (!(encoded instanceof EncodedRow.Dropped dropped) || dropped.reason() != DropReason.NO_TRAINED_TOKEN) {
            return encoded;
        }
        var prompt = prompts.encode(row);
        if (prompt.length >= context.maxLength()) {
            return new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG);
        }
        var ids = Arrays.copyOf(prompt, prompt.length + 1);
        ids[prompt.length] = context.tokenizer().eos();
        return new EncodedRow.Kept(List.of(TokenSequence.of(ids, prompt.length)), Set.of());
    }
}

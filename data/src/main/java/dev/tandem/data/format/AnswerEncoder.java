package dev.tandem.data.format;

import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.RowEncoder;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Encodes answers for scoring, like rows to train on. Unlike those, an empty answer is kept and consists of its end
 * token alone, so that a model that says nothing is judged by that too.
 */
public final class AnswerEncoder implements RowEncoder {
    private final RowEncoder encoder;
    private final PromptEncoder prompts;
    private final EncodingContext context;

    /**
     * @param format a format whose rows have prompts
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

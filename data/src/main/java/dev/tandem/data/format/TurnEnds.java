package dev.tandem.data.format;

import dev.tandem.UserException;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.rows.Row;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** The tokens that end the assistant's turns: what training on conversations teaches a model to write last. */
public final class TurnEnds {
    private TurnEnds() {}

    /**
     * The tokens that end a generation: those that the model's files name, and those that end the assistant's turns in
     * its chat template.
     *
     * @return EOS first
     */
    public static Set<Integer> all(TextTokenizer tokenizer) {
        var ends = new LinkedHashSet<>(tokenizer.endTokens());
        ends.addAll(ofTemplate(tokenizer));
        return Collections.unmodifiableSet(ends);
    }

    /** The tokens that end the turns of a short conversation; none if there is no chat template that renders it. */
    private static Set<Integer> ofTemplate(TextTokenizer tokenizer) {
        var context = new EncodingContext(
                Optional.of(tokenizer), tokenizer.vocabSize(), Optional.empty(), Integer.MAX_VALUE, Overlong.DROP);
        try {
            var encoder = RowFormats.encoder(new ConversationFormat(), RowShape.RESPONSE, Map.of(), context);
            return encoder.encode(conversation()) instanceof EncodedRow.Kept kept
                    ? lastOfTurns(kept.sequences().get(0), tokenizer)
                    : Set.of();
        } catch (UserException e) {
            return Set.of(); // the error is reported where the template is used
        }
    }

    private static Row conversation() {
        var row = JsonMapper.shared().createObjectNode();
        var messages = row.putArray("messages");
        for (var i = 0; i < 2; i++) {
            messages.addObject().put("role", "user").put("content", "a");
            messages.addObject().put("role", "assistant").put("content", "b");
        }
        return new Row("the chat template", row);
    }

    private static Set<Integer> lastOfTurns(TokenSequence sequence, TextTokenizer tokenizer) {
        var ends = new LinkedHashSet<Integer>();
        for (var i = 0; i < sequence.length(); i++) {
            var last = i + 1 == sequence.length() || !sequence.trained()[i + 1];
            if (sequence.trained()[i] && last && tokenizer.isSpecial(sequence.ids()[i])) {
                ends.add(sequence.ids()[i]);
            }
        }
        return ends;
    }
}

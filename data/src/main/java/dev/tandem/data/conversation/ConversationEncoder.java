package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.PairEncoding;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.encoding.SequenceLimits;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Encodes a conversation as one sequence of token ids. The contexts and the assistant's turns of the rendered text are
 * tokenised separately and joined as ids, so that training sees every turn as generation does.
 *
 * <p>The assistant's turns are trained, each up to and including its end-of-turn token; white space a template puts
 * after that token is context. If the template ends the last turn with no special token, the EOS id is appended. BOS
 * occurs once at the front, from the template or by the tokenizer's rules. Nothing follows the last trained token.
 */
public final class ConversationEncoder {
    private static final Logger LOG = LoggerFactory.getLogger(ConversationEncoder.class);

    private final SequenceLimits rules;
    private final ConversationRenderer renderer;
    private final AtomicBoolean refusedBefore = new AtomicBoolean();

    public ConversationEncoder(SequenceLimits rules, ConversationRenderer renderer) {
        this.rules = rules;
        this.renderer = renderer;
    }

    /**
     * Encodes one sequence.
     *
     * @param where names the row in messages
     * @param messages messages with a {@code role} and whatever else the template reads
     * @param tools what the template knows as {@code tools}
     * @param from turns of messages before this one are context
     */
    public EncodedRow one(String where, List<ObjectNode> messages, Optional<JsonNode> tools, int from) {
        var end = messages.size();
        while (end > from && !Turns.isAssistant(messages.get(end - 1))) {
            end--;
        }
        if (end <= Math.max(from, 1)) {
            return new EncodedRow.Dropped(DropReason.NO_ASSISTANT_TURN);
        }
        Optional<Turns> turns;
        try {
            var ending = rules.tokenizer().specialTexts().getOrDefault("eos_token", "");
            turns = Turns.find(renderer, messages.subList(0, end), tools, from, ending);
        } catch (UserException e) {
            if (!refusedBefore.getAndSet(true)) {
                LOG.warn("{}: {} (Further rows the template refuses are only counted.)", where, e.getMessage());
            }
            return new EncodedRow.Dropped(DropReason.TEMPLATE_REFUSED);
        }
        return turns.map(found -> sequence(where, found)).orElse(new EncodedRow.Dropped(DropReason.TEMPLATE_REFUSED));
    }

    /**
     * Encodes two sequences that share their prompt; the pair is dropped when either is.
     *
     * @param where names the row in messages
     * @param from turns of messages before this one are context
     * @param chosen the whole conversation with the chosen answer
     * @param rejected the whole conversation with the rejected answer
     * @param tools what the template knows as {@code tools}
     */
    public EncodedRow pair(
            String where, int from, List<ObjectNode> chosen, List<ObjectNode> rejected, Optional<JsonNode> tools) {
        var pair = PairEncoding.of(one(where, chosen, tools, from), one(where, rejected, tools, from));
        return pair instanceof EncodedRow.Kept kept && !sharesPrompt(kept.sequences())
                ? new EncodedRow.Dropped(DropReason.NO_SHARED_PROMPT)
                : pair;
    }

    private static boolean sharesPrompt(List<TokenSequence> pair) {
        var first = pair.get(0);
        var second = pair.get(1);
        for (var i = 0; i < Math.min(first.length(), second.length()); i++) {
            if (first.trained()[i] || second.trained()[i]) {
                return first.trained()[i] && second.trained()[i];
            }
            if (first.ids()[i] != second.ids()[i]) {
                return false;
            }
        }
        return false;
    }

    private EncodedRow sequence(String where, Turns turns) {
        if (!TextTokenizer.isUnicode(turns.text())) {
            return new EncodedRow.Dropped(DropReason.NOT_UNICODE);
        }
        var tokens = new TurnTokens(rules.tokenizer(), turns).tokens();
        rules.checkVocabulary(where, tokens.ids());
        if (!tokens.hasAnswer(tokens.length())) {
            return new EncodedRow.Dropped(DropReason.NO_TRAINED_TOKEN);
        }
        if (tokens.length() <= rules.maxLength()) {
            return new EncodedRow.Kept(List.of(tokens.cut(tokens.length())), Set.of());
        }
        if (!tokens.hasAnswer(rules.maxLength())) {
            return new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG);
        }
        return rules.overlong() == Overlong.DROP
                ? new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG)
                : new EncodedRow.Kept(List.of(tokens.cut(rules.maxLength())), Set.of(RowWarning.RESPONSE_CUT));
    }
}

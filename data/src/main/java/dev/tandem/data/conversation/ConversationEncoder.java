package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.concurrent.Lazy;
import dev.tandem.data.encoding.DropReason;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.encoding.PairEncoding;
import dev.tandem.data.encoding.RowWarning;
import dev.tandem.data.encoding.SequenceLimits;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final String PROBE = "the text of a message";

    private final SequenceLimits rules;
    private final ConversationRenderer renderer;
    private final AtomicBoolean refusedBefore = new AtomicBoolean();
    private final Lazy<Boolean> takesTexts;
    private final UnreadByTemplate unread;

    public ConversationEncoder(SequenceLimits rules, ConversationRenderer renderer) {
        this.rules = rules;
        this.renderer = renderer;
        this.takesTexts = new Lazy<>(this::takesTexts);
        this.unread = new UnreadByTemplate(renderer);
    }

    /**
     * Encodes one sequence.
     *
     * @param where names the row in messages
     * @param messages messages as {@link Messages} reads them
     * @param arguments what the template receives beside the messages
     * @param from turns of messages before this one are context
     */
    public EncodedRow one(String where, List<ObjectNode> messages, TemplateArguments arguments, int from) {
        var end = messages.size();
        while (end > from && !isTrained(messages.get(end - 1))) {
            end--;
        }
        if (end <= Math.max(from, 1)) {
            return new EncodedRow.Dropped(
                    messages.stream().skip(Math.max(from, 1)).anyMatch(Turns::isAssistant)
                            ? DropReason.NO_TRAINED_TOKEN
                            : DropReason.NO_ASSISTANT_TURN);
        }
        var shown = messages.subList(0, end);
        Optional<Turns> turns;
        try {
            turns = turns(shown, arguments, from);
        } catch (UserException e) {
            if (!refusedBefore.getAndSet(true)) {
                LOG.warn("{}: {} (Further rows the template refuses are only counted.)", where, e.getMessage());
            }
            return new EncodedRow.Dropped(DropReason.TEMPLATE_REFUSED);
        }
        turns.ifPresent(found -> unread.check(where, shown, arguments, found.text()));
        return turns.map(found -> sequence(where, found)).orElse(new EncodedRow.Dropped(DropReason.TEMPLATE_REFUSED));
    }

    private static boolean isTrained(ObjectNode message) {
        return Turns.isAssistant(message) && TrainingMark.isTrained(message);
    }

    private Optional<Turns> turns(List<ObjectNode> messages, TemplateArguments arguments, int from) {
        var ending = rules.tokenizer().specialTexts().getOrDefault("eos_token", "");
        var read = takesTexts.get() ? MessageContent.asTexts(messages) : MessageContent.asParts(messages);
        return Turns.find(renderer, read, arguments, from, ending);
    }

    /** Whether the template prints a content that is a text; some print only the parts of a list. */
    private boolean takesTexts() {
        try {
            var text = List.of(Messages.user(PROBE));
            return prints(text) || !prints(MessageContent.asParts(text));
        } catch (UserException e) {
            return true;
        }
    }

    private boolean prints(List<ObjectNode> messages) {
        return renderer.render(messages, TemplateArguments.NONE, false).text().contains(PROBE);
    }

    /**
     * Encodes two sequences that share their prompt; the pair is dropped when either is.
     *
     * @param where names the row in messages
     * @param from turns of messages before this one are context
     * @param chosen the whole conversation with the chosen answer
     * @param rejected the whole conversation with the rejected answer
     * @param arguments what the template receives beside the messages
     */
    public EncodedRow pair(
            String where, int from, List<ObjectNode> chosen, List<ObjectNode> rejected, TemplateArguments arguments) {
        var pair = PairEncoding.of(one(where, chosen, arguments, from), one(where, rejected, arguments, from));
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
        Set<RowWarning> notes =
                turns.rewritten() == 0 ? EnumSet.noneOf(RowWarning.class) : EnumSet.of(RowWarning.TURNS_REWRITTEN);
        if (tokens.length() <= rules.maxLength()) {
            return kept(turns, tokens.cut(tokens.length()), notes);
        }
        if (!tokens.hasAnswer(rules.maxLength())) {
            return new EncodedRow.Dropped(DropReason.PROMPT_TOO_LONG);
        }
        if (rules.overlong() == Overlong.DROP) {
            return new EncodedRow.Dropped(DropReason.RESPONSE_TOO_LONG);
        }
        notes.add(RowWarning.RESPONSE_CUT);
        return kept(turns, tokens.cut(rules.maxLength()), notes);
    }

    private static EncodedRow kept(Turns turns, TokenSequence sequence, Set<RowWarning> notes) {
        var trained = turns.spans().size() - turns.context().size();
        return new EncodedRow.Kept(
                List.of(sequence),
                notes,
                OptionalDouble.empty(),
                new EncodedRow.TurnCounts(trained, turns.rewritten()));
    }
}

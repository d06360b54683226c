package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.data.conversation.ConversationRenderer.Rendered;
import dev.tandem.data.conversation.ConversationRenderer.Span;
import dev.tandem.text.CommonPrefix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A rendered conversation and the characters of it that the assistant wrote.
 *
 * <p>If the template marks them itself ({@code {% generation %}}), its marks are used. Otherwise turn i is the part of
 * {@code render(messages[0..i])} after the context that generation would start from, {@code render(messages[0..i),
 * generation prompt added)}. Where the generation prompt contains more than the beginning of the rendered turn (an
 * opened {@code <think>}), the turn begins where the two differ.
 *
 * <p>Some templates rewrite earlier turns when later ones follow (they remove an earlier answer's reasoning). A turn
 * rewritten in this way is context only: it is not what generation would write.
 *
 * @param text the conversation up to its last assistant turn
 * @param spans the assistant's turns, in order, not overlapping
 * @param context those of them that a mark on their message excludes from training
 * @param rewritten number of turns that the template rewrites
 */
public record Turns(String text, List<Span> spans, Set<Span> context, int rewritten) {
    public Turns {
        spans = List.copyOf(spans);
        context = Set.copyOf(context);
    }

    /**
     * Finds the assistant's turns.
     *
     * @param messages the last one is the assistant's
     * @param from turns of messages before this index are context
     * @param ending EOS's text, which some templates put after a whole conversation but not after its earlier turns
     * @return absent if no context of the last turn is a beginning of what the template renders
     * @throws dev.tandem.UserException if the template refuses the conversation
     */
    static Optional<Turns> find(
            ConversationRenderer renderer,
            List<ObjectNode> messages,
            TemplateArguments arguments,
            int from,
            String ending) {
        return new Finder(renderer, messages, arguments, from, ending).find();
    }

    /** Whether a message is the assistant's. */
    public static boolean isAssistant(ObjectNode message) {
        return message.path("role").asString("").equals(Roles.ASSISTANT);
    }

    private record Finder(
            ConversationRenderer renderer,
            List<ObjectNode> messages,
            TemplateArguments arguments,
            int from,
            String ending) {

        Optional<Turns> find() {
            var rendered = renderer.render(messages, arguments, false);
            return rendered.generated().isEmpty() ? compared(rendered) : Optional.of(marked(rendered));
        }

        private Turns marked(Rendered rendered) {
            var answer = from == 0
                    ? 0
                    : renderer.render(messages.subList(0, from), arguments, false)
                            .text()
                            .length();
            var spans = rendered.generated().stream()
                    .filter(span -> span.start() >= answer)
                    .toList();
            return new Turns(rendered.text(), spans, untrained(rendered.generated()), 0);
        }

        /** The spans of messages that are not trained, of those that the template marks. */
        private Set<Span> untrained(List<Span> generated) {
            var answers = messages.stream().filter(Turns::isAssistant).toList();
            if (answers.stream().allMatch(TrainingMark::isTrained)) {
                return Set.of();
            }
            if (answers.size() != generated.size()) {
                throw new UserException("the chat template marks " + generated.size() + " parts of " + answers.size()
                        + " assistant turns with {% generation %}, so that a turn with \"weight\": 0 cannot be found");
            }
            var result = new HashSet<Span>();
            for (var i = 0; i < answers.size(); i++) {
                if (!TrainingMark.isTrained(answers.get(i))) {
                    result.add(generated.get(i));
                }
            }
            return result;
        }

        private Optional<Turns> compared(Rendered rendered) {
            var spans = new ArrayList<Span>();
            var context = new HashSet<Span>();
            var rewritten = 0;
            // An opening message of the assistant answers nothing.
            for (var i = Math.max(from, 1); i < messages.size(); i++) {
                if (isAssistant(messages.get(i))) {
                    var after =
                            spans.isEmpty() ? 0 : spans.get(spans.size() - 1).end();
                    var trained = TrainingMark.isTrained(messages.get(i));
                    var turn = turn(messages.subList(0, i + 1), rendered.text()).filter(span -> span.start() >= after);
                    turn.ifPresent(spans::add);
                    turn.filter(span -> !trained).ifPresent(context::add);
                    rewritten += turn.isEmpty() && trained ? 1 : 0;
                }
            }
            var complete = !spans.isEmpty()
                    && spans.get(spans.size() - 1).end() == rendered.text().length();
            return complete ? Optional.of(new Turns(rendered.text(), spans, context, rewritten)) : Optional.empty();
        }

        /** Where the last of {@code shown} is in {@code whole}; absent if {@code whole} does not begin with them. */
        private Optional<Span> turn(List<ObjectNode> shown, String whole) {
            var upTo = renderer.render(shown, arguments, false).text();
            var before = shown.subList(0, shown.size() - 1);
            if (!whole.startsWith(upTo) && !ending.isEmpty() && upTo.endsWith(ending)) {
                upTo = upTo.substring(0, upTo.length() - ending.length());
            }
            if (!whole.startsWith(upTo)) {
                return Optional.empty();
            }
            var start =
                    CommonPrefix.length(renderer.render(before, arguments, true).text(), upTo);
            // Less than the earlier messages in common: the template has rewritten them.
            var earlier = renderer.render(before, arguments, false).text();
            var least = earlier.length() - (earlier.endsWith(ending) ? ending.length() : 0);
            return start < least ? Optional.empty() : Optional.of(new Span(start, upTo.length()));
        }
    }
}

package dev.tandem.data.conversation;

import dev.tandem.UserException;
import dev.tandem.text.SafeText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds what rows hold and the chat template leaves out. Tools and calls that it does not write are refused, because the
 * model would learn to call what it has not been shown, or to say nothing; of the rest one line says so.
 */
final class UnreadByTemplate {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadByTemplate.class);

    private final ConversationRenderer renderer;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    UnreadByTemplate(ConversationRenderer renderer) {
        this.renderer = renderer;
    }

    /**
     * Checks a rendered conversation.
     *
     * @param text what the template has made of the messages
     * @throws UserException if tools or calls of tools are not in it
     */
    void check(String where, List<ObjectNode> messages, TemplateArguments arguments, String text) {
        arguments.tools().ifPresent(tools -> {
            if (isMissing(tools, text) && isIgnored(messages, arguments, arguments.withoutTools())) {
                throw new UserException(where + ": column '" + ConversationColumns.TOOLS
                        + "' holds tools, but the model's chat template does not write them. Use a model whose template"
                        + " does, or remove the column.");
            }
        });
        for (var message : messages) {
            for (var call : message.path(ToolCalls.CALLS)) {
                if (!text.contains(ToolCalls.name(call))) {
                    throw new UserException(where + ": a message calls the tool '"
                            + SafeText.line(ToolCalls.name(call), 80)
                            + "', but the model's chat template does not write tool_calls. Use a model whose template"
                            + " does, or remove the row.");
                }
            }
        }
        variables(where, messages, arguments);
        reasoning(where, messages, text);
    }

    private static boolean isMissing(JsonNode tools, String text) {
        return tools.valueStream().anyMatch(tool -> !text.contains(ToolCalls.name(tool)))
                || tools.valueStream().allMatch(tool -> ToolCalls.name(tool).isEmpty());
    }

    private boolean isIgnored(List<ObjectNode> messages, TemplateArguments arguments, TemplateArguments without) {
        try {
            return renderer.render(messages, arguments, true).equals(renderer.render(messages, without, true));
        } catch (UserException e) {
            return false;
        }
    }

    private void variables(String where, List<ObjectNode> messages, TemplateArguments arguments) {
        if (arguments.variables().isEmpty() || said.contains(ConversationColumns.ARGUMENTS)) {
            return;
        }
        if (isIgnored(messages, arguments, new TemplateArguments(arguments.tools(), Map.of()))) {
            say(
                    ConversationColumns.ARGUMENTS,
                    where + ": column '" + ConversationColumns.ARGUMENTS + "' ("
                            + SafeText.line(
                                    String.join(", ", arguments.variables().keySet()), 80)
                            + ") changes nothing in what the model's chat template writes");
        } else {
            said.add(ConversationColumns.ARGUMENTS);
        }
    }

    /** Templates leave the reasoning out of earlier turns, but the last one's is what the model has to write. */
    private void reasoning(String where, List<ObjectNode> messages, String text) {
        var last = messages.get(messages.size() - 1);
        Optional.of(last.path("reasoning_content").asString(""))
                .filter(reasoning -> !reasoning.isBlank() && !text.contains(reasoning.strip()))
                .ifPresent(reasoning -> say(
                        "reasoning",
                        where
                                + ": the model's chat template does not write the reasoning of the last turn, so it is not"
                                + " trained"));
    }

    private void say(String what, String line) {
        if (said.add(what)) {
            LOG.warn("{}. (Further rows are not reported.)", line);
        }
    }
}

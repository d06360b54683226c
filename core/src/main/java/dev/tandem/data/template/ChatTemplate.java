package dev.tandem.data.template;

import dev.tandem.UserException;
import java.time.Clock;
import java.util.Map;

/**
 * A chat template, compiled once and rendered for many conversations. It supports the Jinja of chat templates, and
 * renders byte for byte what the original Python implementation does. Immutable, and safe to render from many threads.
 */
public final class ChatTemplate {
    private final Block block;
    private final String name;

    private ChatTemplate(Block block, String name) {
        this.block = block;
        this.name = name;
    }

    /**
     * Compiles a template.
     *
     * @param source the text of the template
     * @param name its name in messages, such as its file
     * @throws UserException with the name and line, if the template does not follow the syntax
     */
    public static ChatTemplate compile(String source, String name) {
        try {
            return new ChatTemplate(StatementParser.parse(source), name);
        } catch (TemplateFault fault) {
            throw explained(fault, name);
        }
    }

    /** Renders with the machine's clock; see {@link #render(Map, Clock)}. */
    public Rendered render(Map<String, Object> variables) {
        return render(variables, Clock.systemDefaultZone());
    }

    /**
     * Renders the template.
     *
     * @param variables variables by name; a value is a {@link String}, {@link Long}, {@link Double}, {@link Boolean},
     *     {@link None#NONE}, or a {@link java.util.List} or {@link Map} of such values, and is not changed
     * @param clock supplies the time to templates that ask for it
     * @throws UserException with the name and line, if the template refuses the conversation or cannot be rendered
     */
    public Rendered render(Map<String, Object> variables, Clock clock) {
        var run = new Run(clock);
        Scope given = Scope.outermost(Globals.ALL).inner();
        variables.forEach(given::set);
        try {
            Frame frame = block.enter(new Frame(run, given, run.page()));
            frame.execute(block.body());
        } catch (TemplateFault fault) {
            throw explained(fault, name);
        }
        return run.result();
    }

    private static UserException explained(TemplateFault fault, String name) {
        String line = fault.line().isPresent() ? ":" + fault.line().getAsInt() : "";
        return new UserException("chat template " + name + line + ": " + fault.getMessage());
    }
}

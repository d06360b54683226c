package dev.tandem.jinja;

import dev.tandem.UserException;
import dev.tandem.jinja.builtin.Globals;
import dev.tandem.jinja.runtime.Block;
import dev.tandem.jinja.runtime.Frame;
import dev.tandem.jinja.runtime.Rendered;
import dev.tandem.jinja.runtime.Rendering;
import dev.tandem.jinja.runtime.Scope;
import dev.tandem.jinja.syntax.StatementParser;
import dev.tandem.jinja.value.TemplateError;
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
        } catch (TemplateError fault) {
            throw explained(fault, name);
        }
    }

    /** Renders with the machine's clock; see {@link #render(Map, Clock)}. */
    public Rendered render(Map<String, ?> variables) {
        return render(variables, Clock.systemDefaultZone());
    }

    /**
     * Renders the template.
     *
     * @param variables by name; a value is a text, a number, a boolean, null, or a {@link java.util.List} or {@link Map} of such
     *     values, and is not changed
     * @param clock supplies the time to templates that ask for it
     * @throws UserException with the name and line, if the template refuses the conversation or cannot be rendered
     * @throws IllegalArgumentException if a variable is of another kind
     */
    public Rendered render(Map<String, ?> variables, Clock clock) {
        var run = new Rendering(clock);
        Scope given = Scope.outermost(Globals.ALL).inner();
        variables.forEach((name, value) -> given.set(name, JavaValues.of(value, name)));
        try {
            Frame frame = block.enter(new Frame(run, given, run.page()));
            frame.execute(block.body());
        } catch (TemplateError fault) {
            throw explained(fault, name);
        }
        return run.result();
    }

    private static UserException explained(TemplateError fault, String name) {
        String line = fault.line().isPresent() ? ":" + fault.line().getAsInt() : "";
        return new UserException("chat template " + name + line + ": " + fault.getMessage());
    }
}

package dev.tandem.jinja.value;

import java.util.OptionalInt;

/**
 * The reason why a template cannot be compiled or rendered, before the template's name is added; the line is that of
 * the innermost part.
 */
public final class TemplateError extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int UNKNOWN = 0;

    private final int line;

    public TemplateError(String message) {
        this(message, UNKNOWN);
    }

    public TemplateError(String message, int line) {
        super(message, null, false, false);
        this.line = line;
    }

    public OptionalInt line() {
        return line == UNKNOWN ? OptionalInt.empty() : OptionalInt.of(line);
    }

    /** This fault with a line: the given one, unless a line is known already. */
    public TemplateError at(int fallback) {
        return line == UNKNOWN ? new TemplateError(String.valueOf(getMessage()), fallback) : this;
    }
}

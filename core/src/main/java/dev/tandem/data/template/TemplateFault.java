package dev.tandem.data.template;

import java.util.OptionalInt;

/**
 * The reason why a template cannot be compiled or rendered, before the template's name is added; the line is that of
 * the innermost part.
 */
final class TemplateFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int UNKNOWN = 0;

    private final int line;

    TemplateFault(String message) {
        this(message, UNKNOWN);
    }

    TemplateFault(String message, int line) {
        super(message, null, false, false);
        this.line = line;
    }

    OptionalInt line() {
        return line == UNKNOWN ? OptionalInt.empty() : OptionalInt.of(line);
    }

    /** This fault with a line: the given one, unless a line is known already. */
    TemplateFault at(int fallback) {
        return line == UNKNOWN ? new TemplateFault(String.valueOf(getMessage()), fallback) : this;
    }
}

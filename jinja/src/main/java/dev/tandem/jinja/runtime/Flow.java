package dev.tandem.jinja.runtime;

/** How execution continues after a statement. */
public enum Flow {
    NEXT,
    BREAK,
    CONTINUE
}

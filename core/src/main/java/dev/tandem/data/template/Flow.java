package dev.tandem.data.template;

/** How a template goes on after a statement. */
enum Flow {
    NEXT,
    BREAK,
    CONTINUE
}

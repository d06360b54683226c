package dev.tandem.data.template;

/** How execution continues after a statement. */
enum Flow {
    NEXT,
    BREAK,
    CONTINUE
}

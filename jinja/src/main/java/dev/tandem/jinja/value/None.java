package dev.tandem.jinja.value;

/** The absent value of a template, as Python's {@code None}: what JSON's {@code null} becomes as a variable. */
public enum None {
    /** The only value. */
    NONE
}

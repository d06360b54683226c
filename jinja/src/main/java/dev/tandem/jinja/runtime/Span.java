package dev.tandem.jinja.runtime;

/**
 * A half-open range of rendered text.
 *
 * @param start offset of the first UTF-16 unit
 * @param end offset after the last UTF-16 unit, never less than {@code start}
 */
public record Span(int start, int end) {}

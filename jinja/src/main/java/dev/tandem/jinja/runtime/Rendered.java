package dev.tandem.jinja.runtime;

import java.util.List;

/**
 * The result of rendering a template.
 *
 * @param text the rendered text
 * @param generationSpans the parts of the text written inside {@code {% generation %}} blocks, in order of rendering
 */
public record Rendered(String text, List<Span> generationSpans) {
    /** Copies the list of spans. */
    public Rendered {
        generationSpans = List.copyOf(generationSpans);
    }

    /**
     * A half-open range of rendered text.
     *
     * @param start offset of the first UTF-16 unit
     * @param end offset after the last UTF-16 unit, never less than {@code start}
     */
    public record Span(int start, int end) {}
}

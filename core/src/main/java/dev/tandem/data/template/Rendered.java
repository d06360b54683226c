package dev.tandem.data.template;

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
}

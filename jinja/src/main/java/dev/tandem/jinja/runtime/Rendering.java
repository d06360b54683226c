package dev.tandem.jinja.runtime;

import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.TextBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** One rendering: the state that all its parts share. */
public final class Rendering {
    private final RenderLimits limits = new RenderLimits();
    private final TextBuffer page = new TextBuffer();
    private final List<Rendered.Span> spans = new ArrayList<>();
    private final Clock clock;

    public Rendering(Clock clock) {
        this.clock = clock;
    }

    RenderLimits limits() {
        return limits;
    }

    Clock clock() {
        return clock;
    }

    /** The final text so far: text inside a macro or a captured block is added to it only later. */
    public TextBuffer page() {
        return page;
    }

    /** Marks the next {@code length} units of the page as generated. */
    void generated(int length) {
        spans.add(new Rendered.Span(page.length(), page.length() + length));
    }

    public Rendered result() {
        return new Rendered(page.toString(), spans);
    }
}

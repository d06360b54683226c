package dev.tandem.data.template;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** One rendering: the state that all its parts share. */
final class Run {
    private final Budget budget = new Budget();
    private final TextBuffer page = new TextBuffer();
    private final List<Span> spans = new ArrayList<>();
    private final Clock clock;

    Run(Clock clock) {
        this.clock = clock;
    }

    Budget budget() {
        return budget;
    }

    Clock clock() {
        return clock;
    }

    /** The final text so far: text inside a macro or a captured block is added to it only later. */
    TextBuffer page() {
        return page;
    }

    /** Marks the next {@code length} units of the page as generated. */
    void generated(int length) {
        spans.add(new Span(page.length(), page.length() + length));
    }

    Rendered result() {
        return new Rendered(page.toString(), spans);
    }
}

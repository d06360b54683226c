package dev.tandem.jinja.value;

import java.time.Clock;

/** The part of a rendering that functions, filters and tests use. */
public interface CallContext {
    /** The remaining limits of the rendering. */
    RenderLimits limits();

    /** The clock for {@code strftime_now}. */
    Clock clock();
}

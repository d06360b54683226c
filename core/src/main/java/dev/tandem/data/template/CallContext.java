package dev.tandem.data.template;

import java.time.Clock;

/** The part of a rendering that functions, filters and tests use. */
interface CallContext {
    /** The remaining limits of the rendering. */
    Budget budget();

    /** The clock for {@code strftime_now}. */
    Clock clock();
}

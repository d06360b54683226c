package dev.tandem.data.template;

import java.time.Clock;

/** What functions, filters and tests use of the rendering that calls them. */
interface CallContext {
    /** What the rendering may still do. */
    Budget budget();

    /** Tells {@code strftime_now} the time. */
    Clock clock();
}

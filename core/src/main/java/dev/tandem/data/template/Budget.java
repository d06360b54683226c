package dev.tandem.data.template;

/** Limits of one rendering, so that no template runs or grows without end. */
final class Budget {
    static final int MAX_TEXT = 1 << 25;
    private static final long MAX_STEPS = 20_000_000;
    private static final int MAX_DEPTH = 500;

    private long steps;
    private int depth;

    /** Charges for work in proportion to {@code count}. */
    void spend(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw new TemplateFault("the template does not end: more than " + MAX_STEPS
                    + " steps; look for a loop or macro that repeats itself");
        }
    }

    /** Enters one more level; {@link #leave} must follow. */
    void enter() {
        enter(1);
    }

    /** Enters something that takes as much of the stack as {@code levels} levels. */
    void enter(int levels) {
        spend(1);
        depth += levels;
        if (depth > MAX_DEPTH) {
            throw new TemplateFault("the template nests more than " + MAX_DEPTH
                    + " levels deep; look for a macro or loop that calls itself without end");
        }
    }

    void leave() {
        leave(1);
    }

    void leave(int levels) {
        depth -= levels;
    }

    /** Refuses a text of more than {@link #MAX_TEXT} UTF-16 units before it is created. */
    static void checkText(long length) {
        if (length > MAX_TEXT) {
            throw new TemplateFault("the template makes a text of more than " + MAX_TEXT + " characters");
        }
    }

    /** Refuses a list of more than a million values before it is created. */
    static void checkList(long size) {
        if (size > 1_000_000) {
            throw new TemplateFault("the template makes a list of more than 1000000 values");
        }
    }
}

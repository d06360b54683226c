package dev.tandem.distributed;

import java.util.Optional;

/**
 * A rank's sign of life, as it goes through the store.
 *
 * @param count grows with every beat: one that stands still is of a rank that has stopped
 * @param state whether others may be waiting for it
 * @param seconds for how long it has been doing this
 * @param doing what it does, as in {@code in step 17}
 */
record Beat(long count, State state, long seconds, String doing) {
    private static final int PARTS = 4;

    /** Of a rank. */
    enum State {
        /** Others may be waiting for it. */
        WORKING,
        /** It waits for others. */
        WAITING,
        /** It has lost another, and ends. */
        LOST,
        /** It is done. */
        LEFT
    }

    /** One line. */
    String text() {
        return count + "|" + state + "|" + seconds + "|" + doing.replace('\n', ' ');
    }

    /** The beat of a line; absent if it is none. */
    static Optional<Beat> parse(String line) {
        var parts = line.split("\\|", PARTS);
        try {
            return parts.length == PARTS
                    ? Optional.of(new Beat(
                            Long.parseLong(parts[0]), State.valueOf(parts[1]), Long.parseLong(parts[2]), parts[3]))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What the rank does, and for how long. */
    String words() {
        return doing + " for " + seconds + " s";
    }
}

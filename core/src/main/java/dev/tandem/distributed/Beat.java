package dev.tandem.distributed;

import java.util.Optional;

/**
 * A rank's heartbeat, as it is written to the store.
 *
 * @param count grows with every beat; if it stops growing, the rank has stopped
 * @param state whether others may be waiting for this rank
 * @param seconds how long it has been doing this
 * @param doing what it does, as in {@code in step 17}
 */
record Beat(long count, State state, long seconds, String doing) {
    private static final int PARTS = 4;

    /** State of a rank. */
    enum State {
        /** Others may be waiting for it. */
        WORKING,
        /** It waits for others. */
        WAITING,
        /** It has lost another rank, and is ending. */
        LOST,
        /** It is done. */
        LEFT
    }

    /** The beat as one line. */
    String text() {
        return count + "|" + state + "|" + seconds + "|" + doing.replace('\n', ' ');
    }

    /** Parses a line; absent if it is not a beat. */
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

    /** What the rank is doing, and for how long. */
    String words() {
        return doing + " for " + seconds + " s";
    }
}

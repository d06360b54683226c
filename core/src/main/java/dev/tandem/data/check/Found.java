package dev.tandem.data.check;

import java.util.List;

/**
 * Rows that have something in common.
 *
 * @param count how many there are
 * @param first where the first of them are, at most {@link #PLACES}
 */
public record Found(int count, List<String> first) {
    /** How many places are told. */
    public static final int PLACES = 3;

    public Found {
        first = List.copyOf(first);
    }
}

package dev.tandem.data.check;

import java.util.List;

/**
 * Rows that share a property.
 *
 * @param count number of rows
 * @param first places of the first of them, at most {@link #PLACES}
 */
public record Found(int count, List<String> first) {
    /** How many places are listed. */
    public static final int PLACES = 3;

    public Found {
        first = List.copyOf(first);
    }
}

package dev.tandem.data.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows that share a property.
 *
 * @param count number of rows
 * @param first places of the first of them, at most {@link #PLACES}
 */
public record RowSample(int count, List<String> first) {
    /** Maximum number of places that are listed. */
    public static final int PLACES = 3;

    public RowSample {
        first = List.copyOf(first);
    }

    /** Counts rows and remembers the places of the first ones. */
    static final class Counter {
        private final List<String> first = new ArrayList<>();
        private int count;

        void add(String where) {
            count++;
            if (first.size() < PLACES) {
                first.add(where);
            }
        }

        RowSample sample() {
            return new RowSample(count, first);
        }
    }
}

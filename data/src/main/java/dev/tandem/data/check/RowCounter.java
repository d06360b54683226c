package dev.tandem.data.check;

import java.util.ArrayList;
import java.util.List;

/** Counts rows and remembers the places of the first ones. */
final class RowCounter {
    private final List<String> first = new ArrayList<>();
    private int count;

    void add(String where) {
        count++;
        if (first.size() < RowSample.PLACES) {
            first.add(where);
        }
    }

    RowSample found() {
        return new RowSample(count, first);
    }
}

package dev.tandem.data.check;

import java.util.ArrayList;
import java.util.List;

/** Counts rows and remembers the places of the first ones. */
final class Places {
    private final List<String> first = new ArrayList<>();
    private int count;

    void add(String where) {
        count++;
        if (first.size() < Found.PLACES) {
            first.add(where);
        }
    }

    Found found() {
        return new Found(count, first);
    }
}

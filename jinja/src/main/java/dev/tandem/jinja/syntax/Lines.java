package dev.tandem.jinja.syntax;

import java.util.Arrays;

/** Line numbers, from 1, of the offsets of a text whose lines end with {@code \n}. */
final class Lines {
    private final int[] newlines;

    Lines(String text) {
        newlines = java.util.stream.IntStream.range(0, text.length())
                .filter(i -> text.charAt(i) == '\n')
                .toArray();
    }

    int at(int offset) {
        int found = Arrays.binarySearch(newlines, offset);
        return 1 + (found >= 0 ? found : -found - 1);
    }
}

package dev.tandem.jinja.python;

import java.util.ArrayList;
import java.util.List;

/** Strings by code points, as Python counts and slices them. */
public final class CodePoints {
    private CodePoints() {}

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The characters from one code point to another; both must be within the text. */
    public static String slice(String text, int from, int to) {
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    static List<Object> characters(String text) {
        var characters = new ArrayList<Object>(text.length());
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }
}

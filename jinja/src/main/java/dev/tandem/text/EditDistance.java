package dev.tandem.text;

/**
 * How many letters have to be inserted, removed, changed, or swapped with their neighbour to make one word of another
 * (Damerau and Levenshtein's distance in the form of the optimal string alignment: no letter is edited twice).
 */
public final class EditDistance {
    private EditDistance() {}

    /**
     * The distance of two words, as far as it matters. Memory and time stay small for words that are too different in length,
     * which may be those of a hostile file.
     *
     * @param limit the largest distance that is computed exactly
     * @return the distance; {@code limit + 1} if it is larger
     */
    public static int of(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit) {
            return limit + 1;
        }
        var beforeLast = new int[b.length() + 1];
        var last = new int[b.length() + 1];
        var current = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            current[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var free = beforeLast;
            beforeLast = last;
            last = current;
            current = free;
            current[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var changed = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(changed, 1 + Math.min(last[j], current[j - 1]));
                if (isSwap(a, i, b, j)) {
                    current[j] = Math.min(current[j], beforeLast[j - 2] + 1);
                }
            }
        }
        return Math.min(current[b.length()], limit + 1);
    }

    /** Whether the two letters before a place in each word are the same, swapped. */
    private static boolean isSwap(String a, int i, String b, int j) {
        return i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    }
}

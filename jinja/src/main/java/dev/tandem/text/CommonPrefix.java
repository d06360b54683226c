package dev.tandem.text;

/** The beginning that two texts share. */
public final class CommonPrefix {
    private CommonPrefix() {}

    /**
     * How long it is.
     *
     * @return number of {@code char}s
     */
    public static int length(String first, String second) {
        var most = Math.min(first.length(), second.length());
        var length = 0;
        while (length < most && first.charAt(length) == second.charAt(length)) {
            length++;
        }
        return length;
    }
}

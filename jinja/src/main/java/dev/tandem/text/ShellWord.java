package dev.tandem.text;

/** Words of a POSIX shell, for commands that people copy. */
public final class ShellWord {
    private ShellWord() {}

    /**
     * A word that a shell reads as {@code text}.
     *
     * @param text any characters
     * @return the text itself if no character is special to a shell, else the text in single quotes
     */
    public static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}

package dev.tandem.jinja.value;

/** Text that is being written, up to the size that a template may produce. */
public final class TextBuffer {
    private final StringBuilder text = new StringBuilder();

    public TextBuffer append(String part) {
        RenderLimits.checkText((long) text.length() + part.length());
        text.append(part);
        return this;
    }

    public int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package dev.tandem.data.template;

/** Text that is being written, up to the size that a template may produce. */
final class TextBuffer {
    private final StringBuilder text = new StringBuilder();

    TextBuffer append(String part) {
        Budget.checkText((long) text.length() + part.length());
        text.append(part);
        return this;
    }

    int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package dev.tandem.data.template;

/** Text as it is written, up to the size a template may make. */
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

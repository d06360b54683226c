package dev.tandem.data.template;

/** Strings in JSON. */
final class JsonString {
    private JsonString() {}

    /** Writes a string in quotes; beyond what JSON requires, only characters outside ASCII are escaped, on request. */
    static void write(String text, boolean ascii, TextBuffer out) {
        var json = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                case '\r' -> json.append("\\r");
                case '\t' -> json.append("\\t");
                case '\f' -> json.append("\\f");
                case '\b' -> json.append("\\b");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7e)) {
                        json.append("\\u%04x".formatted((int) c));
                    } else {
                        json.append(c);
                    }
                }
            }
        }
        out.append(json.append('"').toString());
    }
}

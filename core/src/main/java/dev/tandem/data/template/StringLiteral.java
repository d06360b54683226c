package dev.tandem.data.template;

/** Converts the inside of a quoted string of a template into its value, by the rules of Python's escapes. */
final class StringLiteral {
    private final String body;
    private final int line;
    private final StringBuilder value = new StringBuilder();
    private int at;

    private StringLiteral(String body, int line) {
        this.body = body;
        this.line = line;
    }

    static String unescape(String body, int line) {
        return body.indexOf('\\') < 0 ? body : new StringLiteral(body, line).value();
    }

    private String value() {
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c == '\\' && at < body.length()) {
                escape(body.codePointAt(at));
            } else {
                value.append(c);
            }
        }
        return value.toString();
    }

    private void escape(int c) {
        at += Character.charCount(c);
        switch (c) {
            case '\n' -> {}
            case '\\', '\'', '"' -> value.append((char) c);
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000b');
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 'N' -> named();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(c - '0');
            default -> unknown(c);
        }
    }

    private void hex(int digits) {
        int end = at + digits;
        if (end > body.length() || !body.substring(at, end).matches("[0-9a-fA-F]+")) {
            throw new TemplateFault("truncated escape in a string: expected " + digits + " hexadecimal digits", line);
        }
        long code = Long.parseLong(body.substring(at, end), 16);
        if (code > Character.MAX_CODE_POINT) {
            throw new TemplateFault("an escape in a string does not name a Unicode character", line);
        }
        value.appendCodePoint((int) code);
        at = end;
    }

    private void named() {
        int close = body.startsWith("{", at) ? body.indexOf('}', at) : -1;
        if (close < 0) {
            throw new TemplateFault("malformed \\N character escape in a string", line);
        }
        try {
            value.appendCodePoint(Character.codePointOf(body.substring(at + 1, close)));
        } catch (IllegalArgumentException e) {
            throw new TemplateFault("unknown Unicode character name in a string", line);
        }
        at = close + 1;
    }

    private void octal(int first) {
        int code = first;
        for (int i = 0; i < 2 && at < body.length() && body.charAt(at) >= '0' && body.charAt(at) <= '7'; i++) {
            code = code * 8 + body.charAt(at++) - '0';
        }
        value.append((char) code);
    }

    /** An unknown escape keeps its backslash; a character beyond ASCII is written as its escape. */
    private void unknown(int c) {
        value.append('\\');
        if (c < 0x80) {
            value.append((char) c);
        } else {
            value.append(c < 0x100 ? "x%02x".formatted(c) : c < 0x10000 ? "u%04x".formatted(c) : "U%08x".formatted(c));
        }
    }
}

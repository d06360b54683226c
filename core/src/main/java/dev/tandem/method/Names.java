package dev.tandem.method;

import java.util.List;
import java.util.stream.Collectors;

/** Objective names as messages show them. */
final class Names {
    private Names() {}

    static String list(List<String> names) {
        return names.stream().map(Names::quoted).collect(Collectors.joining(", "));
    }

    /** The name in quotes; control characters, which could rewrite a terminal, become escapes. */
    static String quoted(String name) {
        var text = new StringBuilder("\"");
        name.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.append('"').toString();
    }
}

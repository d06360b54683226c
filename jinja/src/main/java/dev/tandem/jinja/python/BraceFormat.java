package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Arguments;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code str.format}: fields in braces, with attributes, items, conversions and specifications. */
final class BraceFormat {
    private static final Pattern PIECE = Pattern.compile(
            "\\{\\{|}}|\\{([^{}!:.\\[]*)((?:\\.[^{}!:.\\[]+|\\[[^\\]{}]+\\])*)(?:!([a-z]))?(?::([^{}]*))?}|[{}]");
    private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

    private final Arguments arguments;
    private int automatic;

    private BraceFormat(Arguments arguments) {
        this.arguments = arguments;
    }

    static String apply(String format, Arguments arguments, RenderLimits budget) {
        var formatter = new BraceFormat(arguments);
        var out = new TextBuffer();
        Matcher piece = PIECE.matcher(format);
        int at = 0;
        while (piece.find()) {
            budget.spend(1);
            out.append(format.substring(at, piece.start()));
            out.append(
                    switch (piece.group()) {
                        case "{{" -> "{";
                        case "}}" -> "}";
                        case "{", "}" -> throw new TemplateError("a brace in the format has no partner");
                        default -> formatter.field(piece);
                    });
            at = piece.end();
        }
        return out.append(format.substring(at)).toString();
    }

    private String field(Matcher piece) {
        Object value = first(piece.group(1));
        Matcher step = STEP.matcher(piece.group(2));
        while (step.find()) {
            if (step.group(1) != null) {
                value = Members.attribute(value, step.group(1));
            } else {
                String key = step.group(2);
                value = Members.item(value, key.matches("[0-9]{1,9}") ? (Object) Long.parseLong(key) : key);
            }
        }
        if (piece.group(3) != null) {
            value = piece.group(3).equals("s") ? Text.str(value) : Text.repr(value);
        }
        return FormatSpec.apply(value, piece.group(4) == null ? "" : piece.group(4));
    }

    private Object first(String name) {
        if (name.isEmpty() || name.matches("[0-9]{1,9}")) {
            int index = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            if (index >= arguments.positional().size()) {
                throw new TemplateError("the format asks for argument " + index + ", which is not given");
            }
            return arguments.positional().get(index);
        }
        Object value = arguments.named().get(name);
        if (value == null) {
            throw new TemplateError("the format asks for the argument " + Repr.of(name) + ", which is not given");
        }
        return value;
    }
}

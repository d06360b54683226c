package dev.tandem.jinja.python;

import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.TemplateError;

/** Fills strings up to a width in code points. */
public final class Pad {
    private Pad() {}

    public static String apply(String method, String text, long width, String fill) {
        if (CodePoints.length(fill) != 1) {
            throw new TemplateError("the fill character must be exactly one character long");
        }
        long missing = missing(text, width);
        if (missing == 0) {
            return text;
        }
        long left = switch (method) {
            case "ljust" -> 0;
            case "rjust" -> missing;
            default -> missing / 2 + (missing & width & 1);
        };
        return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
    }

    static String zeros(String text, long width) {
        int sign = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat((int) missing(text, width)) + text.substring(sign);
    }

    private static long missing(String text, long width) {
        RenderLimits.checkText(width);
        return Math.max(width - CodePoints.length(text), 0);
    }
}

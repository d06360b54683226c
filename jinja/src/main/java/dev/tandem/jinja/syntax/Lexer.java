package dev.tandem.jinja.syntax;

import dev.tandem.jinja.python.Whitespace;
import dev.tandem.jinja.syntax.Token.Kind;
import dev.tandem.jinja.value.TemplateError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into text and tags. White space follows the settings of chat templates: the first newline after a
 * statement or comment is removed, and so are the blanks before one that starts its line, unless a {@code +} keeps
 * them.
 */
final class Lexer {
    private static final String SPACE =
            "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
    private static final String BLOCK_TAIL = "(?:\\+%}|-%}" + SPACE + "|%}\\n?)";
    private static final Pattern RAW_BEGIN =
            Pattern.compile("\\{%([-+]?)" + SPACE + "raw" + SPACE + "(?:-%}" + SPACE + "|%})");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)" + SPACE + "endraw" + SPACE + BLOCK_TAIL);
    private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}" + SPACE + "|#}\\n?");
    private static final Pattern BLOCK_END = Pattern.compile(BLOCK_TAIL);
    private static final Pattern VARIABLE_END = Pattern.compile("-}}" + SPACE + "|}}");

    private final String source;
    private final Lines lines;
    private final TagLexer tags;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String source) {
        this.source = source;
        this.lines = new Lines(source);
        this.tags = new TagLexer(source, lines, tokens);
    }

    /** The tokens of a template, the last one {@link Kind#EOF}. */
    static List<Token> tokens(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        return new Lexer(source).run();
    }

    private List<Token> run() {
        while (at < source.length()) {
            int open = nextTag(at);
            if (open < 0) {
                data(source.substring(at), at);
                break;
            }
            tag(open);
        }
        tokens.add(new Token(Kind.EOF, "", lines.at(source.length())));
        return tokens;
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '%' || next == '{' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void tag(int open) {
        char kind = source.charAt(open + 1);
        char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        textBefore(open, sign, kind != '{');
        int inside = open + 2 + (signed ? 1 : 0);
        Matcher raw = RAW_BEGIN.matcher(source).region(open, source.length());
        if (raw.lookingAt()) {
            raw(open, raw.end());
        } else if (kind == '#') {
            comment(open, inside);
        } else if (kind == '%') {
            tokens.add(new Token(Kind.BLOCK_BEGIN, "{%", lines.at(open)));
            at = tags.run(inside, BLOCK_END, Kind.BLOCK_END);
        } else {
            tokens.add(new Token(Kind.VARIABLE_BEGIN, "{{", lines.at(open)));
            at = tags.run(inside, VARIABLE_END, Kind.VARIABLE_END);
        }
    }

    private void raw(int open, int inside) {
        Matcher end = RAW_END.matcher(source);
        if (!end.find(inside) && inside == source.length()) {
            // The original accepts this where nothing follows.
            at = inside;
            return;
        }
        if (!end.find(inside)) {
            throw new TemplateError("the raw block is never closed: put {% endraw %} after it", lines.at(open));
        }
        at = inside;
        textBefore(
                end.start(),
                String.valueOf(end.group(1)).isEmpty() ? ' ' : end.group(1).charAt(0),
                true);
        at = end.end();
    }

    private void comment(int open, int inside) {
        Matcher end = COMMENT_END.matcher(source);
        if (!end.find(inside)) {
            throw new TemplateError("the comment is never closed: put #} after it", lines.at(open));
        }
        at = end.end();
    }

    private void textBefore(int end, char sign, boolean blanksGo) {
        String text = source.substring(at, end);
        if (sign == '-') {
            text = Whitespace.stripTrailing(text);
        } else if (sign != '+' && blanksGo) {
            int lineStart = text.lastIndexOf('\n') + 1;
            boolean startsLine = lineStart > 0 || at == 0 || source.charAt(at - 1) == '\n';
            if (startsLine && Whitespace.skip(text, lineStart) == text.length()) {
                text = text.substring(0, lineStart);
            }
        }
        data(text, at);
    }

    private void data(String text, int from) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Kind.DATA, text, lines.at(from)));
        }
    }
}

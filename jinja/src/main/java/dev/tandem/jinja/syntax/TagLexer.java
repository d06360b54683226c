package dev.tandem.jinja.syntax;

import dev.tandem.jinja.python.Whitespace;
import dev.tandem.jinja.syntax.Token.Kind;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits the inside of a statement or print tag into names, literals and operators. */
final class TagLexer {
    private static final Pattern FLOAT = Pattern.compile(
            "(?<!\\.)(?:[0-9]+_)*[0-9]+(?:(?:\\.(?:[0-9]+_)*[0-9]+)?[eE][+-]?(?:[0-9]+_)*[0-9]+|\\.(?:[0-9]+_)*[0-9]+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*");
    private static final Pattern NAME = Pattern.compile("[\\w]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

    private final String source;
    private final Lines lines;
    private final List<Token> tokens;
    private final Deque<String> brackets = new ArrayDeque<>();

    TagLexer(String source, Lines lines, List<Token> tokens) {
        this.source = source;
        this.lines = lines;
        this.tokens = tokens;
    }

    /** Adds the tokens of a tag from an offset up to and including its end; returns the offset after it. */
    int run(int from, Pattern end, Kind endKind) {
        int at = from;
        brackets.clear();
        while (true) {
            Matcher close = end.matcher(source).region(at, source.length());
            if (brackets.isEmpty() && close.lookingAt()) {
                tokens.add(new Token(endKind, close.group(), lines.at(at)));
                return close.end();
            }
            int next = Whitespace.skip(source, at);
            if (next == at) {
                next = token(at);
            }
            at = next;
        }
    }

    private int token(int at) {
        if (at >= source.length()) {
            throw new TemplateError("a tag is never closed: the template ends inside it", lines.at(at));
        }
        for (Rule rule : RULES) {
            Matcher matcher =
                    rule.pattern.matcher(source).region(at, source.length()).useTransparentBounds(true);
            if (matcher.lookingAt()) {
                return add(rule.kind, matcher.group(), at);
            }
        }
        char quote = source.charAt(at);
        if (quote == '\'' || quote == '"') {
            return string(at, quote);
        }
        Matcher operator = OPERATOR.matcher(source).region(at, source.length());
        if (operator.lookingAt()) {
            balance(operator.group(), at);
            return add(Kind.OPERATOR, operator.group(), at);
        }
        throw new TemplateError("unexpected character " + Repr.of(source.substring(at, at + 1)), lines.at(at));
    }

    private int add(Kind kind, String text, int at) {
        if (kind == Kind.NAME && !Character.isUnicodeIdentifierStart(text.codePointAt(0)) && text.charAt(0) != '_') {
            throw new TemplateError("a name cannot start with " + Repr.of(text.substring(0, 1)), lines.at(at));
        }
        tokens.add(new Token(kind, text, lines.at(at)));
        return at + text.length();
    }

    private int string(int at, char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw new TemplateError("a string is never closed", lines.at(at));
        }
        String body = source.substring(at + 1, end);
        tokens.add(new Token(Kind.STRING, StringLiteral.unescape(body, lines.at(at)), lines.at(at)));
        return end + 1;
    }

    private void balance(String operator, int at) {
        switch (operator) {
            case "{" -> brackets.push("}");
            case "(" -> brackets.push(")");
            case "[" -> brackets.push("]");
            case "}", ")", "]" -> {
                if (brackets.isEmpty() || !brackets.pop().equals(operator)) {
                    throw new TemplateError("unexpected '" + operator + "': it closes nothing", lines.at(at));
                }
            }
            default -> {}
        }
    }

    private record Rule(Pattern pattern, Kind kind) {}

    private static final List<Rule> RULES =
            List.of(new Rule(FLOAT, Kind.FLOAT), new Rule(INTEGER, Kind.INTEGER), new Rule(NAME, Kind.NAME));
}

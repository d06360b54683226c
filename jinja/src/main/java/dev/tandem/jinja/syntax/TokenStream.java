package dev.tandem.jinja.syntax;

import dev.tandem.jinja.syntax.Token.Kind;
import dev.tandem.jinja.value.TemplateError;
import java.util.List;

/** The tokens of a template, read one after the other. */
final class TokenStream {
    private final List<Token> tokens;
    private int at;

    /** The last token must be {@link Kind#EOF}. */
    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token peekNext() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (token.kind() != Kind.EOF) {
            at++;
        }
        return token;
    }

    int line() {
        return peek().line();
    }

    boolean isOperator(String operator) {
        return peek().isOperator(operator);
    }

    boolean isName(String name) {
        return peek().isName(name);
    }

    boolean skipOperator(String operator) {
        boolean found = isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = isName(name);
        if (found) {
            next();
        }
        return found;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    Token expect(Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        return next();
    }

    TemplateError unexpected(String expected) {
        return new TemplateError("expected " + expected + ", got " + peek().describe(), line());
    }
}

package dev.tandem.jinja.syntax;

import dev.tandem.jinja.builtin.Filters;
import dev.tandem.jinja.builtin.Tests;
import dev.tandem.jinja.runtime.CallArguments;
import dev.tandem.jinja.runtime.Expr;
import dev.tandem.jinja.syntax.Token.Kind;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses what follows a value: attributes, items, calls, filters and tests. */
final class PostfixParser {
    private final ParseState state;
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final PrimaryParser primary;

    PostfixParser(ParseState state, ExpressionParser expressions, PrimaryParser primary) {
        this.state = state;
        this.tokens = state.tokens();
        this.expressions = expressions;
        this.primary = primary;
    }

    Expr members(Expr value) {
        Expr result = value;
        while (true) {
            int line = tokens.line();
            if (tokens.skipOperator(".")) {
                result = dotted(result, line);
            } else if (tokens.skipOperator("[")) {
                if (tokens.isOperator("]")) {
                    throw tokens.unexpected("a key or index");
                }
                result = primary.subscript(result, line);
            } else if (tokens.isOperator("(")) {
                result = new Expr.Call(result, arguments(), line);
            } else {
                return result;
            }
        }
    }

    private Expr dotted(Expr owner, int line) {
        Token name = tokens.peek();
        if (name.kind() == Kind.NAME) {
            tokens.next();
            return new Expr.Attribute(owner, name.text(), line);
        }
        if (name.kind() != Kind.INTEGER) {
            throw tokens.unexpected("a name or number after '.'");
        }
        return new Expr.Item(owner, primary.primary(), line);
    }

    Expr filters(Expr value) {
        Expr result = value;
        while (true) {
            int line = tokens.line();
            if (tokens.isOperator("|")) {
                result = pipes(result);
            } else if (tokens.skipName("is")) {
                result = test(result, line);
            } else if (tokens.isOperator("(")) {
                result = new Expr.Call(result, arguments(), line);
            } else {
                return result;
            }
        }
    }

    /** Filters after bars. */
    Expr pipes(Expr value) {
        Expr result = value;
        while (tokens.skipOperator("|")) {
            result = filter(result);
        }
        return result;
    }

    /** A filter without its bar. */
    Expr filter(Expr value) {
        int line = tokens.line();
        String name = dottedName("the name of a filter");
        if (!state.conditional() && !Filters.has(name)) {
            throw Filters.unknown(name).at(line);
        }
        CallArguments arguments = tokens.isOperator("(") ? arguments() : CallArguments.NONE;
        return new Expr.Filtered(value, name, arguments, line);
    }

    private String dottedName(String what) {
        var name = new StringBuilder(tokens.expect(Kind.NAME, what).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME, what).text());
        }
        return name.toString();
    }

    private Expr test(Expr value, int line) {
        boolean negated = tokens.skipName("not");
        String name = dottedName("the name of a test");
        if (!state.conditional() && !Tests.has(name)) {
            throw Tests.unknown(name).at(line);
        }
        Expr test = new Expr.Tested(value, name, testArguments(), line);
        return negated ? new Expr.Not(test, line) : test;
    }

    private CallArguments testArguments() {
        Token token = tokens.peek();
        if (token.isOperator("(")) {
            return arguments();
        }
        boolean value = switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            default -> token.isOperator("[") || token.isOperator("{");
        };
        if (!value) {
            return CallArguments.NONE;
        }
        if (token.isName("is")) {
            throw new TemplateError("tests with 'is' cannot be chained", token.line());
        }
        Expr argument = members(primary.primary());
        return new CallArguments(List.of(argument), Map.of(), Optional.empty(), Optional.empty());
    }

    /** Arguments in parentheses. */
    CallArguments arguments() {
        var positional = new ArrayList<Expr>();
        var named = new LinkedHashMap<String, Expr>();
        Optional<Expr> star = Optional.empty();
        Optional<Expr> doubleStar = Optional.empty();
        tokens.expectOperator("(");
        while (!tokens.isOperator(")")) {
            boolean byName =
                    tokens.peek().kind() == Kind.NAME && tokens.peekNext().isOperator("=");
            if (doubleStar.isPresent() || (star.isPresent() && !byName && !tokens.isOperator("**"))) {
                throw new TemplateError("invalid order of arguments in a call", tokens.line());
            } else if (tokens.skipOperator("*")) {
                star = Optional.of(expressions.expression());
            } else if (tokens.skipOperator("**")) {
                doubleStar = Optional.of(expressions.expression());
            } else if (byName) {
                named(named);
            } else if (named.isEmpty()) {
                positional.add(expressions.expression());
            } else {
                throw new TemplateError("an argument by position follows one by name", tokens.line());
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(")");
        return new CallArguments(positional, named, star, doubleStar);
    }

    private void named(Map<String, Expr> named) {
        Token name = tokens.next();
        tokens.expectOperator("=");
        if (named.put(name.text(), expressions.expression()) != null) {
            throw new TemplateError("keyword argument repeated: " + Repr.of(name.text()), name.line());
        }
    }
}

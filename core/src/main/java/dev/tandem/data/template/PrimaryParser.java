package dev.tandem.data.template;

import dev.tandem.data.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses literals, names, and what can follow them: attributes, items, calls, filters and tests. */
final class PrimaryParser {
    private final ParseState state;
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final PostfixParser postfix;

    PrimaryParser(ParseState state, ExpressionParser expressions) {
        this.state = state;
        this.tokens = state.tokens();
        this.expressions = expressions;
        this.postfix = new PostfixParser(state, expressions, this);
    }

    PostfixParser postfix() {
        return postfix;
    }

    Expr unary(boolean filters) {
        int line = tokens.line();
        Expr value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            boolean negative = tokens.next().isOperator("-");
            state.enter();
            value = new Expr.Sign(negative, unary(false), line);
            state.leave();
        } else {
            value = primary();
        }
        value = postfix.members(value);
        return filters ? postfix.filters(value) : value;
    }

    Expr primary() {
        Token token = tokens.peek();
        return switch (token.kind()) {
            case NAME -> name(tokens.next());
            case STRING -> strings();
            case INTEGER -> new Expr.Constant(integer(tokens.next()), token.line());
            case FLOAT ->
                new Expr.Constant(Double.parseDouble(tokens.next().text().replace("_", "")), token.line());
            default -> bracketed(token);
        };
    }

    private Expr name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expr.Constant(true, token.line());
            case "false", "False" -> new Expr.Constant(false, token.line());
            case "none", "None" -> new Expr.Constant(None.NONE, token.line());
            default -> {
                state.names().read(token.text());
                yield new Expr.Name(token.text(), token.line());
            }
        };
    }

    /** Adjacent strings are joined into one. */
    private Expr strings() {
        int line = tokens.line();
        var text = new StringBuilder();
        while (tokens.peek().kind() == Kind.STRING) {
            text.append(tokens.next().text());
        }
        return new Expr.Constant(text.toString(), line);
    }

    private static long integer(Token token) {
        String digits = token.text().replace("_", "");
        try {
            String prefix = digits.length() > 1 ? digits.substring(0, 2).toLowerCase(java.util.Locale.ROOT) : "";
            return switch (prefix) {
                case "0x" -> Long.parseLong(digits.substring(2), 16);
                case "0o" -> Long.parseLong(digits.substring(2), 8);
                case "0b" -> Long.parseLong(digits.substring(2), 2);
                default -> Long.parseLong(digits);
            };
        } catch (NumberFormatException e) {
            throw new TemplateFault("the integer " + digits + " does not fit 64 bits", token.line());
        }
    }

    private Expr bracketed(Token token) {
        if (tokens.skipOperator("(")) {
            Expr tuple = expressions.tuple(expressions::expression, true);
            tokens.expectOperator(")");
            return tuple;
        }
        if (tokens.skipOperator("[")) {
            return new Expr.ListOf(listItems(), token.line());
        }
        if (tokens.skipOperator("{")) {
            return new Expr.DictOf(dictEntries(), token.line());
        }
        throw new TemplateFault("expected an expression, got " + token.describe(), token.line());
    }

    private List<Expr> listItems() {
        var items = new ArrayList<Expr>();
        while (!tokens.skipOperator("]")) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("]")) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        return items;
    }

    private List<Expr.Entry> dictEntries() {
        var entries = new ArrayList<Expr.Entry>();
        while (!tokens.skipOperator("}")) {
            if (!entries.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            Expr key = expressions.expression();
            tokens.expectOperator(":");
            entries.add(new Expr.Entry(key, expressions.expression()));
        }
        return entries;
    }

    /** The inside of square brackets after a value. */
    Expr subscript(Expr owner, int line) {
        Optional<Expr> from = Optional.empty();
        if (!tokens.isOperator(":")) {
            Expr key = expressions.expression();
            if (!tokens.isOperator(":")) {
                return keyed(owner, key, line);
            }
            from = Optional.of(key);
        }
        tokens.expectOperator(":");
        Optional<Expr> to = sliceBound();
        Optional<Expr> step = tokens.skipOperator(":") ? sliceBound() : Optional.empty();
        tokens.expectOperator("]");
        return new Expr.Slice(owner, from, to, step, line);
    }

    private Expr keyed(Expr owner, Expr key, int line) {
        var keys = new ArrayList<>(List.of(key));
        while (tokens.skipOperator(",")) {
            keys.add(expressions.expression());
        }
        tokens.expectOperator("]");
        return new Expr.Item(owner, keys.size() == 1 ? key : new Expr.TupleOf(keys, line), line);
    }

    private Optional<Expr> sliceBound() {
        return tokens.isOperator(":") || tokens.isOperator("]")
                ? Optional.empty()
                : Optional.of(expressions.expression());
    }
}

package dev.tandem.data.template;

import dev.tandem.data.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Parses expressions, from the operators that bind weakest to those that bind strongest. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final ParseState state;
    private final TokenStream tokens;
    private final PrimaryParser primary;

    ExpressionParser(ParseState state) {
        this.state = state;
        this.tokens = state.tokens();
        this.primary = new PrimaryParser(state, this);
    }

    Expr expression() {
        state.enter();
        try {
            return conditional();
        } finally {
            state.leave();
        }
    }

    PrimaryParser primary() {
        return primary;
    }

    /** One expression, or several with commas between them, which make a tuple. */
    Expr tuple(boolean conditions, String... endNames) {
        return tuple(conditions ? this::expression : this::or, false, endNames);
    }

    Expr tuple(Supplier<Expr> parse, boolean parenthesized, String... endNames) {
        int line = tokens.line();
        var items = new ArrayList<Expr>();
        boolean comma = false;
        while (!tupleEnds(endNames)) {
            items.add(parse.get());
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && items.size() == 1) {
            return items.get(0);
        }
        if (!comma && !parenthesized) {
            throw tokens.unexpected("an expression");
        }
        return new Expr.TupleOf(items, line);
    }

    private boolean tupleEnds(String... endNames) {
        Kind kind = tokens.peek().kind();
        return kind == Kind.VARIABLE_END
                || kind == Kind.BLOCK_END
                || tokens.isOperator(")")
                || List.of(endNames).stream().anyMatch(tokens::isName);
    }

    private Expr conditional() {
        int line = tokens.line();
        Expr then = or();
        while (tokens.skipName("if")) {
            Expr test = or();
            Optional<Expr> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            then = new Expr.Conditional(test, then, otherwise, line);
            line = tokens.line();
        }
        return then;
    }

    Expr or() {
        Expr left = and();
        while (tokens.isName("or")) {
            int line = tokens.next().line();
            left = new Expr.Or(left, and(), line);
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (tokens.isName("and")) {
            int line = tokens.next().line();
            left = new Expr.And(left, not(), line);
        }
        return left;
    }

    private Expr not() {
        if (!tokens.isName("not")) {
            return compare();
        }
        int line = tokens.next().line();
        state.enter();
        Expr operand = not();
        state.leave();
        return new Expr.Not(operand, line);
    }

    private Expr compare() {
        int line = tokens.line();
        Expr first = sum();
        var operands = new ArrayList<Expr.Operand>();
        while (true) {
            Token token = tokens.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                operands.add(new Expr.Operand(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                operands.add(new Expr.Operand("in", sum()));
            } else if (tokens.isName("not") && tokens.peekNext().isName("in")) {
                tokens.next();
                tokens.next();
                operands.add(new Expr.Operand("not in", sum()));
            } else {
                return operands.isEmpty() ? first : new Expr.Compare(first, operands, line);
            }
        }
    }

    private Expr sum() {
        return binary(this::concat, Set.of("+", "-"));
    }

    private Expr concat() {
        int line = tokens.line();
        var parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.get(0) : new Expr.Concat(parts, line);
    }

    private Expr product() {
        return binary(this::power, Set.of("*", "/", "//", "%"));
    }

    private Expr power() {
        return binary(() -> primary.unary(true), Set.of("**"));
    }

    private Expr binary(Supplier<Expr> operand, Set<String> operators) {
        Expr left = operand.get();
        while (tokens.peek().kind() == Kind.OPERATOR
                && operators.contains(tokens.peek().text())) {
            Token operator = tokens.next();
            left = new Expr.Binary(operator.text(), left, operand.get(), operator.line());
        }
        return left;
    }
}

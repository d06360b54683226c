package dev.tandem.jinja.syntax;

import dev.tandem.jinja.runtime.Block;
import dev.tandem.jinja.runtime.Expr;
import dev.tandem.jinja.runtime.Macro;
import dev.tandem.jinja.runtime.Stmt;
import dev.tandem.jinja.value.TemplateError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parses macros, and blocks that call them. */
final class MacroParser {
    private static final Set<String> SPECIAL = Set.of("caller", "kwargs", "varargs");

    private final ParseState state;
    private final TokenStream tokens;
    private final StatementParser statements;
    private final ExpressionParser expressions;
    private final TargetParser targets;

    MacroParser(ParseState state, StatementParser statements, ExpressionParser expressions, TargetParser targets) {
        this.state = state;
        this.tokens = state.tokens();
        this.statements = statements;
        this.expressions = expressions;
        this.targets = targets;
    }

    Stmt macro(int line) {
        String name = targets.name();
        state.names().write(name);
        ScopeNames inner = state.names().inner();
        var parameters = new ArrayList<Macro.Parameter>();
        var body = new ArrayList<Stmt>();
        state.scoped(inner, false, () -> {
            parameters.addAll(parameters());
            body.addAll(statements.body("endmacro"));
        });
        tokens.next();
        return new Stmt.DefineMacro(define(name, parameters, body, inner), line);
    }

    Stmt callBlock(int line) {
        ScopeNames inner = state.names().inner();
        var parameters = new ArrayList<Macro.Parameter>();
        if (tokens.isOperator("(")) {
            state.scoped(inner, false, () -> parameters.addAll(parameters()));
        }
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw new TemplateError("expected a call of a macro", line);
        }
        var body = new ArrayList<Stmt>();
        state.scoped(inner, false, () -> body.addAll(statements.body("endcall")));
        tokens.next();
        return new Stmt.CallBlock(call, define("caller", parameters, body, inner), line);
    }

    private static Macro define(String name, List<Macro.Parameter> parameters, List<Stmt> body, ScopeNames names) {
        var declared = parameters.stream().map(Macro.Parameter::name).collect(Collectors.toSet());
        var special = Stream.of("caller", "kwargs", "varargs")
                .filter(word -> !declared.contains(word) && names.mentions(word))
                .collect(Collectors.toSet());
        SPECIAL.forEach(names::parameter);
        return new Macro(name, parameters, new Block(body, names.undefined()), special);
    }

    private List<Macro.Parameter> parameters() {
        var parameters = new ArrayList<Macro.Parameter>();
        tokens.expectOperator("(");
        while (!tokens.isOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            int line = tokens.line();
            String name = targets.name();
            state.names().parameter(name);
            Optional<Expr> fallback =
                    tokens.skipOperator("=") ? Optional.of(expressions.expression()) : Optional.empty();
            if (fallback.isEmpty()
                    && !parameters.isEmpty()
                    && parameters.get(parameters.size() - 1).fallback().isPresent()) {
                throw new TemplateError("a parameter without a default follows one with a default", line);
            }
            parameters.add(new Macro.Parameter(name, fallback));
        }
        tokens.expectOperator(")");
        return parameters;
    }
}

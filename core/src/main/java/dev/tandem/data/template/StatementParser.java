package dev.tandem.data.template;

import dev.tandem.data.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a template: text, print tags and statements. */
final class StatementParser {
    private final ParseState state;
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final MacroParser macros;

    private StatementParser(ParseState state) {
        this.state = state;
        this.tokens = state.tokens();
        this.expressions = new ExpressionParser(state);
        this.targets = new TargetParser(state);
        this.macros = new MacroParser(state, this, expressions, targets);
    }

    static Block parse(String source) {
        var state = new ParseState(new TokenStream(Lexer.tokens(source)));
        List<Stmt> body = new StatementParser(state).until(List.of(), 1);
        state.names().resolve(Set.of());
        return new Block(body, state.names().undefined());
    }

    /**
     * Statements up to a tag with one of the names, whose name is the next token; or to the end if there are no names.
     */
    private List<Stmt> until(List<String> ends, int opened) {
        var body = new ArrayList<Stmt>();
        while (tokens.peek().kind() != Kind.EOF) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Stmt.Data(token.text(), token.line()));
                case VARIABLE_BEGIN -> {
                    body.add(new Stmt.Print(expressions.tuple(true), token.line()));
                    tokens.expect(Kind.VARIABLE_END, "'}}'");
                }
                default -> {
                    if (tokens.peek().kind() == Kind.NAME
                            && ends.contains(tokens.peek().text())) {
                        return body;
                    }
                    body.add(nested());
                    tokens.expect(Kind.BLOCK_END, "'%}'");
                }
            }
        }
        if (!ends.isEmpty()) {
            throw new TemplateFault(
                    "the template ends inside a block: expected {% " + ends.get(ends.size() - 1)
                            + " %} for the tag on line " + opened,
                    tokens.line());
        }
        return body;
    }

    /** The body of a tag whose own end follows, up to one of the names. */
    List<Stmt> body(String... ends) {
        tokens.skipOperator(":");
        int opened = tokens.expect(Kind.BLOCK_END, "'%}'").line();
        return until(List.of(ends), opened);
    }

    private Stmt nested() {
        state.enter();
        try {
            return statement();
        } finally {
            state.leave();
        }
    }

    private Stmt statement() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> condition(tag.line());
            case "for" -> loop(tag.line());
            case "set" -> set(tag.line());
            case "with" -> with(tag.line());
            case "macro" -> macros.macro(tag.line());
            case "call" -> macros.callBlock(tag.line());
            case "filter" -> filterBlock(tag.line());
            case "generation" -> generation(tag.line());
            case "break", "continue" -> jump(tag);
            case "print" -> print(tag.line());
            case "block", "extends", "include", "import", "from", "autoescape" ->
                throw new TemplateFault(
                        "the tag '" + tag.text() + "' is not supported: a chat template is one file", tag.line());
            default -> throw new TemplateFault("unexpected tag " + Repr.of(tag.text()), tag.line());
        };
    }

    private Stmt condition(int line) {
        Expr test = expressions.tuple(false);
        var then = new ArrayList<Stmt>();
        var elifs = new ArrayList<Stmt>();
        var otherwise = new ArrayList<Stmt>();
        var names = state.names();
        var thenNames = branch(() -> then.addAll(body("elif", "else", "endif")));
        var elifNames = names.branch(() -> {
            if (tokens.isName("elif")) {
                int at = tokens.next().line();
                state.enter();
                elifs.add(condition(at));
                state.leave();
            }
        });
        var otherwiseNames = branch(() -> {
            if (elifs.isEmpty() && tokens.skipName("else")) {
                otherwise.addAll(body("endif"));
            }
        });
        names.join(thenNames, elifNames, otherwiseNames);
        if (elifs.isEmpty()) {
            tokens.expectName("endif");
        }
        return new Stmt.If(test, then, elifs.isEmpty() ? otherwise : elifs, line);
    }

    private ScopeNames.Branch branch(Runnable parsing) {
        return state.names().branch(() -> state.conditionally(true, parsing));
    }

    private Stmt loop(int line) {
        ScopeNames inner = state.names().inner();
        ScopeNames outer = state.names();
        var target = new ArrayList<Target>();
        state.scoped(inner, state.inLoop(), () -> target.add(targets.loop()));
        tokens.expectName("in");
        Expr iterable = expressions.tuple(false, "recursive");
        var filter = new ArrayList<Expr>();
        if (tokens.skipName("if")) {
            state.scoped(outer.inner(), state.inLoop(), () -> filter.add(expressions.expression()));
        }
        boolean recursive = tokens.skipName("recursive");
        var body = new ArrayList<Stmt>();
        inner.parameter("loop");
        state.scoped(inner, true, () -> body.addAll(body("else", "endfor")));
        Block otherwise = Block.EMPTY;
        if (tokens.next().isName("else")) {
            otherwise = block(!recursive && state.inLoop(), "endfor");
        }
        return new Stmt.For(
                target.get(0),
                iterable,
                filter.stream().findFirst(),
                new Block(body, inner.undefined()),
                otherwise,
                recursive,
                line);
    }

    /** A body with names of its own, and the name of the tag that ends it. */
    private Block block(boolean inLoop, String end) {
        ScopeNames inner = state.names().inner();
        var body = new ArrayList<Stmt>();
        state.scoped(inner, inLoop, () -> body.addAll(body(end)));
        tokens.next();
        return new Block(body, inner.undefined());
    }

    private Stmt set(int line) {
        Target target = targets.assigned();
        if (tokens.skipOperator("=")) {
            Expr value = expressions.tuple(true);
            targets.record(target);
            return new Stmt.Set(target, value, line);
        }
        targets.record(target);
        ScopeNames inner = state.names().inner();
        var value = new ArrayList<Expr>();
        var body = new ArrayList<Stmt>();
        state.scoped(inner, state.inLoop(), () -> {
            value.add(expressions.primary().postfix().pipes(new Expr.Name(Stmt.BODY, line)));
            body.addAll(body("endset"));
        });
        tokens.next();
        return new Stmt.SetBlock(target, value.get(0), new Block(body, inner.undefined()), line);
    }

    private Stmt filterBlock(int line) {
        ScopeNames inner = state.names().inner();
        var value = new ArrayList<Expr>();
        var body = new ArrayList<Stmt>();
        PostfixParser postfix = expressions.primary().postfix();
        state.scoped(inner, state.inLoop(), () -> {
            value.add(postfix.pipes(postfix.filter(new Expr.Name(Stmt.BODY, line))));
            body.addAll(body("endfilter"));
        });
        tokens.next();
        return new Stmt.FilterBlock(value.get(0), new Block(body, inner.undefined()), line);
    }

    private Stmt with(int line) {
        ScopeNames inner = state.names().inner();
        var names = new ArrayList<Target>();
        var values = new ArrayList<Expr>();
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!names.isEmpty()) {
                tokens.expectOperator(",");
            }
            state.scoped(inner, state.inLoop(), () -> names.add(targets.parameters("=")));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        var body = new ArrayList<Stmt>();
        state.scoped(inner, state.inLoop(), () -> body.addAll(body("endwith")));
        tokens.next();
        return new Stmt.With(names, values, new Block(body, inner.undefined()), line);
    }

    private Stmt generation(int line) {
        return new Stmt.Generation(block(false, "endgeneration"), line);
    }

    private Stmt print(int line) {
        var values = new ArrayList<Expr>();
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!values.isEmpty()) {
                tokens.expectOperator(",");
            }
            values.add(expressions.expression());
        }
        return new Stmt.Print(new Expr.Concat(values, line), line);
    }

    private Stmt jump(Token tag) {
        if (!state.inLoop()) {
            throw new TemplateFault("'" + tag.text() + "' outside of a loop", tag.line());
        }
        return new Stmt.Jump(tag.isName("break") ? Flow.BREAK : Flow.CONTINUE, tag.line());
    }
}

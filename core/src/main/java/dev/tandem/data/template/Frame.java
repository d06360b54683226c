package dev.tandem.data.template;

import java.time.Clock;
import java.util.List;
import java.util.Set;

/** The environment in which a part of a template runs: the rendering, the names in scope, and the text it writes to. */
record Frame(Run run, Scope scope, TextBuffer out) implements CallContext {
    @Override
    public Budget budget() {
        return run.budget();
    }

    @Override
    public Clock clock() {
        return run.clock();
    }

    /** A frame with a new scope inside this one's, in which the names are undefined at first. */
    Frame inner(Set<String> undefined) {
        Scope inner = scope.inner();
        undefined.forEach(name -> inner.set(name, Undefined.name(name)));
        return new Frame(run, inner, out);
    }

    /** This frame, writing to a text of its own. */
    Frame captured() {
        return new Frame(run, scope, new TextBuffer());
    }

    Object eval(Expr expression) {
        budget().enter();
        try {
            return expression.evaluate(this);
        } catch (TemplateFault fault) {
            throw fault.at(expression.line());
        } finally {
            budget().leave();
        }
    }

    Flow execute(List<Stmt> body) {
        for (Stmt statement : body) {
            Flow flow = execute(statement);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow execute(Stmt statement) {
        budget().enter();
        try {
            return statement.execute(this);
        } catch (TemplateFault fault) {
            throw fault.at(statement.line());
        } finally {
            budget().leave();
        }
    }
}

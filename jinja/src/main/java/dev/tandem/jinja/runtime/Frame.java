package dev.tandem.jinja.runtime;

import dev.tandem.jinja.value.CallContext;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Undefined;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** The environment in which a part of a template runs: the rendering, the names in scope, and the text it writes to. */
public record Frame(Rendering run, Scope scope, TextBuffer out) implements CallContext {
    @Override
    public RenderLimits limits() {
        return run.limits();
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
        limits().enter();
        try {
            return expression.evaluate(this);
        } catch (TemplateError fault) {
            throw fault.at(expression.line());
        } finally {
            limits().leave();
        }
    }

    public Flow execute(List<Stmt> body) {
        for (Stmt statement : body) {
            Flow flow = execute(statement);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow execute(Stmt statement) {
        limits().enter();
        try {
            return statement.execute(this);
        } catch (TemplateError fault) {
            throw fault.at(statement.line());
        } finally {
            limits().leave();
        }
    }
}

package dev.tandem.data.template;

import java.util.List;
import java.util.Optional;

/** A statement: a node of the syntax tree that writes text or sets names. */
sealed interface Stmt {
    /** The line it starts on, from 1. */
    int line();

    /** Executes it; callers use {@link Frame#execute}, which counts steps and adds the line to faults. */
    Flow execute(Frame frame);

    record Data(String text, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            frame.out().append(text);
            return Flow.NEXT;
        }
    }

    record Print(Expr value, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            frame.out().append(Text.str(frame.eval(value)));
            return Flow.NEXT;
        }
    }

    record If(Expr test, List<Stmt> then, List<Stmt> otherwise, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            return frame.execute(Truth.of(frame.eval(test)) ? then : otherwise);
        }
    }

    /** A loop: {@code block} also contains the loop's targets; {@code filter} selects the items to loop over. */
    record For(
            Target target,
            Expr iterable,
            Optional<Expr> filter,
            Block block,
            Block otherwise,
            boolean recursive,
            int line)
            implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            return new Loop(this, frame).run();
        }
    }

    record Jump(Flow flow, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            return flow;
        }
    }

    record Set(Target target, Expr value, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            target.assign(frame.eval(value), frame);
            return Flow.NEXT;
        }
    }

    /** Sets a name to the text of a body after filters, whose innermost value is {@link #BODY}. */
    record SetBlock(Target target, Expr value, Block block, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            Frame inner = block.enter(frame).captured();
            Flow flow = inner.execute(block.body());
            if (flow == Flow.NEXT) {
                inner.scope().set(BODY, inner.out().toString());
                target.assign(inner.eval(value), frame);
            }
            return flow;
        }
    }

    /** Writes the text of a body after filters, whose innermost value is {@link #BODY}. */
    record FilterBlock(Expr value, Block block, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            Frame inner = block.enter(frame).captured();
            Flow flow = inner.execute(block.body());
            if (flow == Flow.NEXT) {
                inner.scope().set(BODY, inner.out().toString());
                frame.out().append(Text.str(inner.eval(value)));
            }
            return flow;
        }
    }

    /** The name, impossible in a template, of the text of a body. */
    String BODY = "the body";

    record With(List<Target> targets, List<Expr> values, Block block, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            Frame inner = block.enter(frame);
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).assign(frame.eval(values.get(i)), inner);
            }
            return inner.execute(block.body());
        }
    }

    record DefineMacro(Macro macro, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            frame.scope().set(macro.name(), macro.bind(frame));
            return Flow.NEXT;
        }
    }

    /** Calls a macro that can call the body back as {@code caller}. */
    record CallBlock(Expr.Call call, Macro body, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            Object macro = frame.eval(call.function());
            Arguments arguments = call.arguments().evaluate(frame).with("caller", body.bind(frame));
            frame.out().append(Text.str(Calls.call(macro, arguments, frame)));
            return Flow.NEXT;
        }
    }

    /** Text that the model is to generate. */
    record Generation(Block block, int line) implements Stmt {
        @Override
        public Flow execute(Frame frame) {
            Frame inner = block.enter(frame).captured();
            inner.execute(block.body());
            frame.run().generated(inner.out().length());
            frame.out().append(inner.out().toString());
            return Flow.NEXT;
        }
    }
}

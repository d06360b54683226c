package dev.tandem.jinja.runtime;

import dev.tandem.jinja.builtin.Filters;
import dev.tandem.jinja.builtin.Tests;
import dev.tandem.jinja.python.Arithmetic;
import dev.tandem.jinja.python.Calls;
import dev.tandem.jinja.python.Members;
import dev.tandem.jinja.python.Membership;
import dev.tandem.jinja.python.Ordering;
import dev.tandem.jinja.python.Slices;
import dev.tandem.jinja.value.Equality;
import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.None;
import dev.tandem.jinja.value.Numbers;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Text;
import dev.tandem.jinja.value.TextBuffer;
import dev.tandem.jinja.value.Truth;
import dev.tandem.jinja.value.Tuple;
import dev.tandem.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** An expression: a node of the syntax tree that has a value. */
public sealed interface Expr {
    /** The line it starts on, from 1. */
    int line();

    /** Its value in a frame; callers use {@link Frame#eval}, which counts steps and adds the line to faults. */
    Object evaluate(Frame frame);

    record Constant(Object value, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return value;
        }
    }

    record Name(String name, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return frame.scope().get(name);
        }
    }

    record ListOf(List<Expr> items, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return all(items, frame);
        }
    }

    record TupleOf(List<Expr> items, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return new Tuple(all(items, frame));
        }
    }

    record Entry(Expr key, Expr value) {}

    record DictOf(List<Entry> entries, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            var map = new LinkedHashMap<Object, Object>();
            entries.forEach(entry -> Mappings.put(map, frame.eval(entry.key()), frame.eval(entry.value())));
            return map;
        }
    }

    record Attribute(Expr owner, String name, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Members.attribute(frame.eval(owner), name);
        }
    }

    record Item(Expr owner, Expr key, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Members.item(frame.eval(owner), frame.eval(key));
        }
    }

    record Slice(Expr owner, Optional<Expr> from, Optional<Expr> to, Optional<Expr> step, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Slices.cut(frame.eval(owner), bound(from, frame), bound(to, frame), bound(step, frame));
        }

        private static Optional<Long> bound(Optional<Expr> bound, Frame frame) {
            return bound.map(frame::eval)
                    .filter(value -> value != None.NONE)
                    .map(value -> Numbers.index(value)
                            .orElseThrow(() -> new TemplateError("slice indices must be integers or None")));
        }
    }

    record Conditional(Expr test, Expr then, Optional<Expr> otherwise, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            if (Truth.of(frame.eval(test))) {
                return frame.eval(then);
            }
            return otherwise
                    .map(frame::eval)
                    .orElseGet(() -> new Undefined(
                            "the inline if-expression evaluated to false and no else section was defined"));
        }
    }

    record Not(Expr operand, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return !Truth.of(frame.eval(operand));
        }
    }

    record And(Expr left, Expr right, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            Object value = frame.eval(left);
            return Truth.of(value) ? frame.eval(right) : value;
        }
    }

    record Or(Expr left, Expr right, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            Object value = frame.eval(left);
            return Truth.of(value) ? value : frame.eval(right);
        }
    }

    record Sign(boolean negative, Expr operand, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            Object value = frame.eval(operand);
            return negative ? Arithmetic.negative(value) : Arithmetic.positive(value);
        }
    }

    record Binary(String operator, Expr left, Expr right, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Arithmetic.apply(operator, frame.eval(left), frame.eval(right), frame.limits());
        }
    }

    record Concat(List<Expr> parts, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            var text = new TextBuffer();
            parts.forEach(part -> text.append(Text.str(frame.eval(part))));
            return text.toString();
        }
    }

    record Operand(String operator, Expr value) {}

    record Compare(Expr first, List<Operand> operands, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            Object left = frame.eval(first);
            for (Operand operand : operands) {
                Object right = frame.eval(operand.value());
                if (!holds(operand.operator(), left, right, frame)) {
                    return false;
                }
                left = right;
            }
            return true;
        }

        private static boolean holds(String operator, Object left, Object right, Frame frame) {
            return switch (operator) {
                case "==" -> Equality.equal(left, right);
                case "!=" -> !Equality.equal(left, right);
                case "in" -> Membership.test(left, right, frame.limits());
                case "not in" -> !Membership.test(left, right, frame.limits());
                default -> Ordering.test(operator, left, right);
            };
        }
    }

    record Call(Expr function, CallArguments arguments, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Calls.call(frame.eval(function), arguments.evaluate(frame), frame);
        }
    }

    record Filtered(Expr value, String filter, CallArguments arguments, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Filters.apply(filter, frame.eval(value), arguments.evaluate(frame), frame);
        }
    }

    record Tested(Expr value, String test, CallArguments arguments, int line) implements Expr {
        @Override
        public Object evaluate(Frame frame) {
            return Tests.test(test, frame.eval(value), arguments.evaluate(frame), frame);
        }
    }

    private static List<Object> all(List<Expr> items, Frame frame) {
        var values = new ArrayList<Object>(items.size());
        items.forEach(item -> values.add(frame.eval(item)));
        return values;
    }
}

package dev.tandem.jinja.runtime;

import dev.tandem.jinja.python.Iteration;
import dev.tandem.jinja.value.Namespace;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import java.util.List;

/** The target of a loop or an assignment. */
public sealed interface Target {
    void assign(Object value, Frame frame);

    record Variable(String name) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            frame.scope().set(name, value);
        }
    }

    /** An attribute of a namespace. */
    record Member(String namespace, String attribute) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            if (!(frame.scope().get(namespace) instanceof Namespace holder)) {
                throw new TemplateError("cannot assign attribute on non-namespace object: make " + Repr.of(namespace)
                        + " with namespace()");
            }
            holder.set(attribute, value);
        }
    }

    record Unpacked(List<Target> targets) implements Target {
        @Override
        public void assign(Object value, Frame frame) {
            List<Object> items = Iteration.list(value, frame.limits());
            if (items.size() != targets.size()) {
                throw new TemplateError("cannot unpack " + items.size() + " values into " + targets.size() + " names");
            }
            for (int i = 0; i < items.size(); i++) {
                targets.get(i).assign(items.get(i), frame);
            }
        }
    }
}

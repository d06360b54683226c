package dev.tandem.jinja.python;

import dev.tandem.jinja.value.Equality;
import dev.tandem.jinja.value.Mappings;
import dev.tandem.jinja.value.RenderLimits;
import dev.tandem.jinja.value.Repr;
import dev.tandem.jinja.value.TemplateError;
import dev.tandem.jinja.value.Types;
import java.util.Map;

/** The operator {@code in}. */
public final class Membership {
    private Membership() {}

    public static boolean test(Object item, Object container, RenderLimits budget) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                return text.contains(part);
            }
            throw new TemplateError("'in <string>' requires string as left operand, not " + Types.name(item));
        }
        if (container instanceof Map<?, ?> map) {
            if (!Mappings.canBeKey(item)) {
                throw new TemplateError("unhashable type: " + Repr.of(Types.name(item)));
            }
            return Mappings.get(map, item).isPresent();
        }
        if (!Iteration.iterable(container)) {
            throw new TemplateError("argument of type " + Repr.of(Types.name(container)) + " is not iterable");
        }
        for (Object candidate : Iteration.list(container, budget)) {
            if (candidate == item || Equality.equal(candidate, item)) {
                return true;
            }
        }
        return false;
    }
}

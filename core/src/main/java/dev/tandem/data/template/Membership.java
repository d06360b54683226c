package dev.tandem.data.template;

import java.util.Map;

/** The operator {@code in}. */
final class Membership {
    private Membership() {}

    static boolean test(Object item, Object container, Budget budget) {
        if (container instanceof String text) {
            if (item instanceof String part) {
                return text.contains(part);
            }
            throw new TemplateFault("'in <string>' requires string as left operand, not " + Types.name(item));
        }
        if (container instanceof Map<?, ?> map) {
            if (!Mappings.canBeKey(item)) {
                throw new TemplateFault("unhashable type: " + Repr.of(Types.name(item)));
            }
            return Mappings.get(map, item).isPresent();
        }
        if (!Iteration.iterable(container)) {
            throw new TemplateFault("argument of type " + Repr.of(Types.name(container)) + " is not iterable");
        }
        for (Object candidate : Iteration.list(container, budget)) {
            if (candidate == item || Equality.equal(candidate, item)) {
                return true;
            }
        }
        return false;
    }
}

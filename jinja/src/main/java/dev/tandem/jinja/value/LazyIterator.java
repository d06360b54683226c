package dev.tandem.jinja.value;

import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A Python generator or iterator: it can be iterated over once, is always true, and has no length. Its items are not
 * computed before it is iterated over.
 */
public final class LazyIterator {
    /** How many levels of expressions one generator inside another counts for. */
    private static final int LEVELS = 5;

    private final String type;
    private final Supplier<? extends Collection<Object>> items;
    private Optional<Iterator<Object>> started = Optional.empty();

    public LazyIterator(String type, Supplier<? extends Collection<Object>> items) {
        this.type = type;
        this.items = items;
    }

    /** A generator that computes its items in the context of its call. */
    public static LazyIterator generator(CallContext context, Supplier<? extends Collection<Object>> items) {
        return new LazyIterator("generator", () -> {
            context.limits().enter(LEVELS);
            try {
                return items.get();
            } finally {
                context.limits().leave(LEVELS);
            }
        });
    }

    String type() {
        return type;
    }

    public Iterator<Object> iterator() {
        Iterator<Object> iterator = started.orElseGet(() -> items.get().iterator());
        started = Optional.of(iterator);
        return iterator;
    }
}

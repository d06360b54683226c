package dev.tandem.data;

import java.util.Optional;
import java.util.function.Supplier;

/** A value that is computed once, when a thread first asks for it. */
final class Lazy<T> implements Supplier<T> {
    private final Supplier<T> source;
    private Optional<T> made = Optional.empty();

    Lazy(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public synchronized T get() {
        var value = made.orElseGet(source);
        made = Optional.of(value);
        return value;
    }
}

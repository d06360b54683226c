package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Owns native objects that outlive the scope they were created in, until it is closed.
 *
 * <p>A {@code PointerScope} frees what was created inside it when it closes; an owner holds a reference of its own, so
 * that a model's weights can be loaded inside a scope and outlive it. Not thread-safe.
 */
public final class TensorOwner implements AutoCloseable {
    private final List<Pointer> owned = new ArrayList<>();

    /** Keeps a native object alive until {@link #close}. @return the same object */
    public <T extends Pointer> T own(T pointer) {
        pointer.retainReference();
        owned.add(pointer);
        return pointer;
    }

    /** Frees all owned objects that have no other reference. */
    @Override
    public void close() {
        owned.forEach(Pointer::releaseReference);
        owned.clear();
    }
}

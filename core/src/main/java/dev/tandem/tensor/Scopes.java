package dev.tandem.tensor;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Frees what a computation makes on the way. */
public final class Scopes {
    private Scopes() {}

    /**
     * Computes a tensor and frees every other one made for it at once: without this they live until the caller's scope
     * closes. What autograd saved for the backward pass lives on in the graph.
     *
     * @return the result, which belongs to the caller's scope
     */
    public static Tensor resultOf(Supplier<Tensor> computation) {
        var outer = Optional.ofNullable(PointerScope.getInnerScope());
        if (outer.isEmpty()) {
            return computation.get(); // the garbage collector frees it all
        }
        try (var scope = new PointerScope()) {
            var result = computation.get();
            outer.get().attach(result);
            return result;
        }
    }
}

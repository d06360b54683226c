package dev.tandem.tensor;

import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Frees the intermediate results of a computation. */
public final class Scopes {
    private Scopes() {}

    /**
     * Computes a tensor and immediately frees every other one created for it: otherwise these live until the caller's
     * scope closes. What autograd saved for the backward pass lives on in the graph.
     *
     * @return the result, which belongs to the caller's scope
     */
    public static Tensor resultOf(Supplier<Tensor> computation) {
        var outer = Optional.ofNullable(PointerScope.getInnerScope());
        if (outer.isEmpty()) {
            return computation.get(); // the garbage collector frees all of them
        }
        try (var scope = new PointerScope()) {
            var result = computation.get();
            outer.get().attach(result);
            return result;
        }
    }
}

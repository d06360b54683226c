package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * Trainable parameters laid end to end in one float32 buffer, with their gradients in another: the model sees leaves
 * that are views of the first and accumulate into views of the second, the optimizer and the gradient norm see two flat
 * tensors.
 *
 * <p>Parameters that weight decay applies to come first, so that each kind is one contiguous range.
 */
public final class FlatParameters implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final Map<String, Tensor> gradients = new LinkedHashMap<>();
    private final Tensor values;
    private final Tensor gradient;
    private final long decayed;

    private FlatParameters(Map<String, Tensor> initial, Predicate<String> decays, Device device) {
        var order = new ArrayList<String>();
        initial.keySet().stream().filter(decays).forEach(order::add);
        initial.keySet().stream().filter(decays.negate()).forEach(order::add);
        this.decayed = order.stream()
                .filter(decays)
                .mapToLong(n -> elements(initial, n))
                .sum();
        var total = order.stream().mapToLong(n -> elements(initial, n)).sum();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            this.values = owner.own(Tensors.zeros(device, total));
            this.gradient = owner.own(Tensors.zeros(device, total));
            var offset = 0L;
            for (var name : order) {
                offset += place(name, Objects.requireNonNull(initial.get(name)), offset);
            }
        }
    }

    private long place(String name, Tensor start, long offset) {
        var shape = start.shape();
        var count = start.numel();
        var leaf = values.narrow(0, offset, count).view(shape).detach();
        leaf.copy_(start);
        leaf.set_requires_grad(true);
        var grad = gradient.narrow(0, offset, count).view(shape);
        leaf.mutable_grad().put(grad);
        leaves.put(name, owner.own(leaf));
        gradients.put(name, owner.own(grad));
        return count;
    }

    /**
     * Copies parameters into flat buffers.
     *
     * @param initial values by name, of any float dtype
     * @param decays which of them weight decay applies to
     * @param device where the buffers live
     */
    public static FlatParameters of(Map<String, Tensor> initial, Predicate<String> decays, Device device) {
        return new FlatParameters(initial, decays, device);
    }

    /** The parameters by name: float32 leaves that require a gradient. */
    public Map<String, Tensor> leaves() {
        return new LinkedHashMap<>(leaves);
    }

    /** Names in the order given. */
    public List<String> names() {
        return List.copyOf(leaves.keySet());
    }

    /** The gradient of one parameter, a view of {@link #gradient}. */
    public Tensor gradient(String name) {
        var result = gradients.get(name);
        if (result == null) {
            throw new IllegalArgumentException("no trainable parameter " + name);
        }
        return result;
    }

    /** All parameters, {@code [elements]}, float32. */
    public Tensor values() {
        return values;
    }

    /** All gradients, {@code [elements]}, float32. */
    public Tensor gradient() {
        return gradient;
    }

    /** Number of trainable elements. */
    public long elements() {
        return values.numel();
    }

    /** How many of the first elements weight decay applies to. */
    public long decayedElements() {
        return decayed;
    }

    /** Sets all gradients to zero. */
    public void zeroGradient() {
        gradient.zero_();
    }

    @Override
    public void close() {
        owner.close();
    }

    private static long elements(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).numel();
    }
}

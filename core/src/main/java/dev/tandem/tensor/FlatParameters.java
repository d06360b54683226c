package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final Device device;
    private final Tensor values;
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final long decayed;
    private final Leaves main;
    private final List<Leaves> others = new ArrayList<>();

    private FlatParameters(Map<String, Tensor> initial, Predicate<String> decays, Device device) {
        this.device = device;
        initial.keySet().stream()
                .filter(decays)
                .forEach(n -> shapes.put(n, get(initial, n).shape()));
        this.decayed = elements(shapes);
        initial.keySet().stream()
                .filter(decays.negate())
                .forEach(n -> shapes.put(n, get(initial, n).shape()));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            this.values = owner.own(Tensors.zeros(device, elements(shapes)));
            this.main = new Leaves();
            main.leaves.forEach((name, leaf) -> leaf.detach().copy_(get(initial, name)));
        }
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
        return main.leaves();
    }

    /**
     * Other leaves over the same values, with a gradient buffer of their own: for a thread that computes a share of the
     * gradient beside others. {@link #collect} adds it to the gradient.
     */
    public Leaves otherLeaves() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var leaves = new Leaves();
            others.add(leaves);
            return leaves;
        }
    }

    /** Adds the gradients of all other leaves to the gradient, in the order they were made, and zeroes them. */
    public void collect() {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var other : others) {
                if (other.used) {
                    main.gradient.add_(other.gradient);
                    other.gradient.zero_();
                    other.used = false;
                }
            }
        }
    }

    /** The leaves whose gradient is {@link #gradient}. */
    public Leaves mainLeaves() {
        return main;
    }

    /** All parameters, {@code [elements]}, float32. */
    public Tensor values() {
        return values;
    }

    /** All gradients, {@code [elements]}, float32. */
    public Tensor gradient() {
        return main.gradient;
    }

    /** The gradient of one parameter, a view of {@link #gradient}. */
    public Tensor gradient(String name) {
        return main.gradient(name);
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
        main.gradient.zero_();
    }

    @Override
    public void close() {
        owner.close();
    }

    /** Leaves that are views of the values, and their gradients. */
    public final class Leaves {
        private final Map<String, Tensor> leaves = new LinkedHashMap<>();
        private final Map<String, Tensor> gradients = new LinkedHashMap<>();
        private final Tensor gradient;
        private boolean used;

        private Leaves() {
            this.gradient = owner.own(Tensors.zeros(device, values.numel()));
            var offset = 0L;
            for (var shape : shapes.entrySet()) {
                offset += place(shape.getKey(), shape.getValue(), offset);
            }
        }

        private long place(String name, long[] shape, long offset) {
            var count = elements(shape);
            var leaf = values.narrow(0, offset, count).view(shape).detach();
            leaf.set_requires_grad(true);
            var grad = gradient.narrow(0, offset, count).view(shape);
            leaf.mutable_grad().put(grad);
            leaves.put(name, owner.own(leaf));
            gradients.put(name, owner.own(grad));
            return count;
        }

        /** The parameters by name: float32 leaves that require a gradient. */
        public Map<String, Tensor> leaves() {
            return new LinkedHashMap<>(leaves);
        }

        /** The gradient of one parameter, a view of these leaves' buffer. */
        public Tensor gradient(String name) {
            return get(gradients, name);
        }

        /** Says that a gradient was added to these leaves. */
        public void touch() {
            used = true;
        }
    }

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no trainable parameter " + name);
        }
        return tensor;
    }

    private static long elements(Map<String, long[]> shapes) {
        return shapes.values().stream().mapToLong(FlatParameters::elements).sum();
    }

    private static long elements(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
}

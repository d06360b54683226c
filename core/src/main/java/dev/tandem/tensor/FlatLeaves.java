package dev.tandem.tensor;

import dev.tandem.tensor.FlatLayout.Bucket;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Parameters as a model sees them: leaves that are views of flat values, and accumulate gradients into views of flat
 * gradients.
 */
public final class FlatLeaves {
    private final Map<String, Tensor> leaves = new LinkedHashMap<>();
    private final Map<String, Tensor> gradientsByName = new LinkedHashMap<>();
    private final FlatBuffers gradients;
    private boolean used;

    /**
     * @param gradients the gradients of these leaves alone
     * @param owner keeps the leaves
     */
    FlatLeaves(FlatLayout layout, FlatBuffers values, FlatBuffers gradients, TensorOwner owner) {
        this.gradients = gradients;
        for (var b = 0; b < layout.buckets().size(); b++) {
            place(layout.buckets().get(b), values.of(b), gradients.of(b), owner);
        }
    }

    private void place(Bucket bucket, Tensor values, Tensor gradient, TensorOwner owner) {
        for (var parameter : bucket.parameters()) {
            var leaf = view(values, parameter).detach();
            leaf.set_requires_grad(true);
            var grad = view(gradient, parameter);
            leaf.mutable_grad().put(grad);
            leaves.put(parameter.name(), owner.own(leaf));
            gradientsByName.put(parameter.name(), owner.own(grad));
        }
    }

    private static Tensor view(Tensor bucket, FlatLayout.Parameter parameter) {
        return bucket.narrow(0, parameter.offset(), parameter.elements()).view(parameter.sizes());
    }

    /** The parameters by name: float32 leaves that require a gradient. */
    public Map<String, Tensor> leaves() {
        return new LinkedHashMap<>(leaves);
    }

    /**
     * The gradient of one parameter, a view of these leaves' buffer.
     *
     * @throws IllegalArgumentException if there is no such parameter
     */
    public Tensor gradient(String name) {
        return FlatParameters.get(gradientsByName, name);
    }

    /** Records that a gradient was added to these leaves. */
    public void touch() {
        used = true;
    }

    /** Whether a gradient was added since the last zeroing. */
    boolean used() {
        return used;
    }

    FlatBuffers gradients() {
        return gradients;
    }

    /** Sets all gradients to zero. */
    void zero() {
        gradients.zero();
        used = false;
    }
}

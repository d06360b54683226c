package dev.tandem.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Tensors that are adjacent in memory and can be used as one: rows of the second follow those of the first. */
public final class AdjacentTensors {
    private AdjacentTensors() {}

    /**
     * All parts as one tensor over the same memory. If they are leaves that accumulate gradients, the result is one as
     * well, over the memory of their gradients.
     *
     * @param parts of one dtype and equal in all dimensions but the first
     * @param owner keeps the result
     * @return absent if they are not adjacent
     */
    public static Optional<Tensor> fused(List<Tensor> parts, TensorOwner owner) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            if (!together(parts)) {
                return Optional.empty();
            }
            var whole = whole(parts);
            if (!parts.get(0).requires_grad()) {
                return Optional.of(owner.own(whole));
            }
            var gradients = parts.stream().map(part -> new Tensor(part.grad())).toList();
            if (gradients.stream().anyMatch(g -> !g.defined()) || !together(gradients)) {
                return Optional.empty();
            }
            whole.set_requires_grad(true);
            whole.mutable_grad().put(whole(gradients));
            return Optional.of(owner.own(whole));
        }
    }

    /**
     * Makes tensors adjacent: returns views of a new tensor, or the tensors themselves if they are adjacent already.
     *
     * @param parts of one dtype and equal in all dimensions but the first
     */
    public static List<Tensor> madeAdjacent(List<Tensor> parts) {
        if (together(parts)) {
            return parts;
        }
        var rows = parts.stream().mapToLong(part -> part.size(0)).toArray();
        return Tensors.split(Tensors.cat(0, parts.toArray(Tensor[]::new)), 0, rows);
    }

    private static boolean together(List<Tensor> parts) {
        for (var i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            if (!part.is_contiguous()) {
                return false;
            }
            if (i > 0) {
                var before = parts.get(i - 1);
                // one storage: adjacent by chance is not enough
                if (!part.is_alias_of(before)
                        || part.storage_offset() != before.storage_offset() + before.numel()
                        || part.scalar_type().intern() != before.scalar_type().intern()
                        || part.requires_grad() != before.requires_grad()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Tensor whole(List<Tensor> parts) {
        var first = parts.get(0);
        var shape = first.shape();
        shape[0] = parts.stream().mapToLong(part -> part.size(0)).sum();
        var strides = new long[shape.length];
        Arrays.setAll(strides, first::stride);
        return first.detach().as_strided(shape, strides, new LongOptional(first.storage_offset()));
    }
}

package dev.tandem.model.attention;

import dev.tandem.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The rotation of {@link RopeTable}, in place and in three operations instead of eight, for passes without a gradient.
 * The result has the same bits.
 *
 * @param half half of the rotated dimensions
 * @param cos {@code [tokens, 1, 2·half]}, both halves alike, float32
 * @param sin {@code [tokens, 1, 2·half]}, the first half negated, float32
 */
public record InPlaceRope(int half, Tensor cos, Tensor sin) implements Rotation {

    static InPlaceRope of(RopeTable table) {
        return new InPlaceRope(
                table.half(),
                Tensors.cat(2, table.cos(), table.cos()),
                Tensors.cat(2, table.sin().neg(), table.sin()));
    }

    /** The rotation for some of the tokens. */
    public InPlaceRope tokens(long from, long count) {
        if (count == cos.size(0)) {
            return this;
        }
        return new InPlaceRope(half, cos.narrow(0, from, count), sin.narrow(0, from, count));
    }

    @Override
    public Tensor rotate(Tensor heads) {
        var rotated = heads.size(2) == 2L * half ? heads : heads.narrow(2, 0, 2L * half);
        var swapped = rotated.roll(new long[] {half}, 2);
        rotated.mul_(cos).addcmul_(swapped, sin);
        return heads;
    }
}

package dev.tandem.model.attention;

import dev.tandem.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Cosines and sines of the rotary position embedding for given positions, and their application to query and key heads
 * ({@code rotate_half} convention of Hugging Face: dimension i is paired with i + dimensions / 2).
 *
 * @param half half of the rotated dimensions
 * @param cos {@code [tokens, 1, half]}, float32
 * @param sin {@code [tokens, 1, half]}, float32
 */
public record RopeTable(int half, Tensor cos, Tensor sin) implements Rotation {

    static RopeTable of(float[] inverseFrequencies, float factor, int[] positions, Device device) {
        var half = inverseFrequencies.length;
        var cos = new float[positions.length * half];
        var sin = new float[positions.length * half];
        for (var t = 0; t < positions.length; t++) {
            for (var i = 0; i < half; i++) {
                // float32 product as in transformers, so that far positions round alike
                var angle = positions[t] * inverseFrequencies[i];
                cos[t * half + i] = (float) Math.cos(angle) * factor;
                sin[t * half + i] = (float) Math.sin(angle) * factor;
            }
        }
        return new RopeTable(
                half,
                Tensors.of(cos, device, positions.length, 1, half),
                Tensors.of(sin, device, positions.length, 1, half));
    }

    @Override
    public Tensor rotate(Tensor heads) {
        var rest = heads.size(2) - 2L * half;
        var parts = rest == 0 ? Tensors.split(heads, 2, half, half) : Tensors.split(heads, 2, half, half, rest);
        var a = parts.get(0);
        var b = parts.get(1);
        var first = Tensors.subtractProduct(a.mul(cos), b, sin);
        var second = Tensors.addProduct(b.mul(cos), a, sin);
        return rest == 0 ? Tensors.cat(2, first, second) : Tensors.cat(2, first, second, parts.get(2));
    }
}

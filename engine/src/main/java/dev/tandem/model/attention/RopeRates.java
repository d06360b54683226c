package dev.tandem.model.attention;

import dev.tandem.UserException;
import dev.tandem.model.config.Rope;
import java.util.Arrays;
import org.bytedeco.pytorch.Device;

/** The frequencies of a rotary embedding, computed once. */
public final class RopeRates {
    private final Rope rope;
    private final float[] inverseFrequencies;

    public RopeRates(Rope rope) {
        this.rope = rope;
        this.inverseFrequencies = rope.inverseFrequencies();
    }

    /**
     * Cosines and sines for tokens at these positions.
     *
     * @throws UserException if a position is beyond those that the frequencies hold for
     */
    public RopeTable table(int[] positions, Device device) {
        requireWithin(positions);
        return RopeTable.of(inverseFrequencies, rope.attentionFactor(), positions, device);
    }

    /**
     * The same rotation, in place.
     *
     * @throws UserException if a position is beyond those that the frequencies hold for
     */
    public InPlaceRope inPlace(int[] positions, Device device) {
        return InPlaceRope.of(table(positions, device));
    }

    private void requireWithin(int[] positions) {
        rope.longest().ifPresent(longest -> {
            var length = Arrays.stream(positions).max().orElse(0) + 1;
            if (length > longest) {
                throw new UserException("A text of " + length + " tokens is longer than the " + longest
                        + " (max_position_embeddings) that the rope type 'dynamic' supports here: beyond them its"
                        + " frequencies depend on the length of the text. Use shorter texts, or a model with another"
                        + " rope type.");
            }
        });
    }
}

package dev.tandem.train.export;

import dev.tandem.tensor.DType;
import java.util.Locale;

/**
 * How far an exported model's log-probs may be from those of its source. Both are computed in float32, so that
 * what differs is the rounding of the weights.
 *
 * @param mean most absolute difference on average, nats a token
 * @param max most absolute difference of a token, nats
 */
public record ExportTolerance(double mean, double max) {

    /** The tolerance for weights stored in a dtype. */
    public static ExportTolerance of(DType type) {
        return switch (type) {
            case F32 -> new ExportTolerance(1e-4, 1e-3);
            case F16 -> new ExportTolerance(0.01, 0.1);
            default -> new ExportTolerance(0.05, 0.5);
        };
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "mean %.0e, largest %.0e", mean, max);
    }
}

package dev.tandem.model.head;

import dev.tandem.model.config.HeadSpec;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The transform that the output head applies to W·h before the softmax: {@code z = f(s·W·h)}, element by element over
 * the vocabulary. With it, {@code ∂ log p(y)/∂h = s·(f′(y)·W[y] − Σᵥ softmax(z)ᵥ·f′(v)·W[v])}.
 */
public interface LogitTransform {
    /** s, which is also a factor of the gradient. */
    double scale();

    /**
     * Applies f.
     *
     * @param logits s·W·h, {@code [rows, columns]}, float32; overwritten with z
     * @return z
     */
    Tensor apply(Tensor logits);

    /**
     * Returns f′ at the argument for which f is z.
     *
     * @param z of any shape, float32
     * @return the same shape; absent: 1 everywhere
     */
    Optional<Tensor> slope(Tensor z);

    /** The transform of a spec; absent: z = W·h. */
    static Optional<LogitTransform> of(HeadSpec spec) {
        return spec.scale() == 1 && spec.softCap().isEmpty()
                ? Optional.empty()
                : Optional.of(new SoftCap(spec.scale(), spec.softCap()));
    }

    /** {@code cap·tanh(· / cap)} (Gemma 2, arXiv 2408.00118), or only a factor. */
    record SoftCap(double scale, OptionalDouble cap) implements LogitTransform {
        @Override
        public Tensor apply(Tensor logits) {
            if (cap.isEmpty()) {
                return logits;
            }
            var c = new Scalar(cap.getAsDouble());
            return logits.div_(c).tanh_().mul_(c);
        }

        @Override
        public Optional<Tensor> slope(Tensor z) {
            // 1 − tanh²
            return cap.isEmpty()
                    ? Optional.empty()
                    : Optional.of(z.div(new Scalar(cap.getAsDouble()))
                            .square_()
                            .neg_()
                            .add_(new Scalar(1)));
        }
    }
}

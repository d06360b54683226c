package dev.tandem.train.optimizer;

import dev.tandem.distributed.Collective;
import dev.tandem.method.GradientCombiner;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.FlatParameters;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The gradients of a step's terms one by one, until they are combined: of what this rank owns, float32. A rank that owns a share
 * keeps and combines that share; the coefficients are the same on all ranks.
 */
public final class ObjectiveGradients implements AutoCloseable {
    /** Elements that are widened to float64 at a time. */
    private static final long CHUNK = 1 << 18;

    private final FlatParameters parameters;
    private final Collective ranks;
    private final TensorOwner owner = new TensorOwner();
    private final List<Tensor> kept = new ArrayList<>();

    /**
     * @param parameters whose gradients are kept
     * @param ranks that train them together
     * @param terms of the step
     * @param device where the parameters are
     */
    public ObjectiveGradients(FlatParameters parameters, Collective ranks, int terms, Device device) {
        this.parameters = parameters;
        this.ranks = ranks;
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var i = 0; i < terms; i++) {
                kept.add(owner.own(Tensors.zeros(device, parameters.ownedElements())));
            }
        }
    }

    /** Moves the parameters' gradient, complete and summed over ranks, to a term's; leaves zeros behind. */
    public void keep(int term) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var part : parameters.owned()) {
                part(term, part).copy_(part.gradient());
            }
        }
        parameters.zeroGradient();
    }

    /**
     * Makes the combination of all terms the parameters' gradient.
     *
     * @param losses of the terms
     * @throws IllegalStateException if the combiner, which may be a program's own, has not one coefficient for each term
     */
    public void combine(GradientCombiner combiner, double[] losses) {
        var coefficients = combiner.coefficients(gram(), losses);
        if (coefficients.length != kept.size()) {
            throw new IllegalStateException(combiner.getClass().getName() + ": " + coefficients.length
                    + " coefficients for " + kept.size() + " terms");
        }
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            for (var part : parameters.owned()) {
                part.gradient().zero_();
                for (var term = 0; term < coefficients.length; term++) {
                    part.gradient().add_(part(term, part), new Scalar(coefficients[term]));
                }
            }
        }
    }

    private Tensor part(int term, FlatParameters.Owned part) {
        return kept.get(term).narrow(0, part.offset(), part.values().numel());
    }

    /** Inner products over all parameters, [terms][terms], the same bits on every rank. */
    private double[][] gram() {
        var terms = kept.size();
        var sums = new double[terms * terms];
        for (var from = 0L; from < parameters.ownedElements(); from += CHUNK) {
            add(sums, from, Math.min(CHUNK, parameters.ownedElements() - from));
        }
        // where each rank has all, the first one's count: two machines may differ in the last bit
        var counts = parameters.split().optimizer() || ranks.isRankZero();
        var all = ranks.size() == 1 ? sums : ranks.allReduce(counts ? sums : new double[sums.length]);
        var gram = new double[terms][terms];
        for (var i = 0; i < terms; i++) {
            for (var j = 0; j < terms; j++) {
                gram[i][j] = all[Math.min(i, j) * terms + Math.max(i, j)];
            }
        }
        return gram;
    }

    private void add(double[] sums, long from, long count) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var rows = kept.stream()
                    .map(gradient -> gradient.narrow(0, from, count).to(ScalarType.Double))
                    .toArray(Tensor[]::new);
            var matrix = torch.stack(new TensorVector(rows), 0);
            var products = Tensors.toDoubles(torch.mm(matrix, matrix.t()));
            for (var i = 0; i < products.length; i++) {
                sums[i] += products[i];
            }
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}

package dev.tandem.model;

import dev.tandem.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The output head: token log-probs and their gradient, chunk by chunk, so that the {@code [tokens, vocabulary]} logits
 * never exist as a whole.
 *
 * <p>For a token y with hidden state h and output matrix W,
 * {@code log p(y) = (W h)_y − logsumexp(W h)} and {@code ∂ log p(y)/∂h = W[y] − softmax(W h)·W}.
 */
public final class OutputHead {
    /** 32 MiB of float32 logits: enough rows for full matrix speed, and little memory on every lane. */
    private static final int CHUNK_ELEMENTS = 1 << 23;

    private final Weights weights;
    private final String name;
    private final Device device;
    private final int chunk;

    OutputHead(Weights weights, String name, Device device, int vocabSize, int chunkOrZero) {
        this.weights = weights;
        this.name = name;
        this.device = device;
        this.chunk = chunkOrZero > 0 ? chunkOrZero : Math.max(64, Math.min(2048, CHUNK_ELEMENTS / vocabSize));
    }

    /** Tokens of one chunk. */
    public int chunk() {
        return chunk;
    }

    /**
     * Log-probs of the trained tokens, without a gradient.
     *
     * @param hidden hidden states that predict them, {@code [trained tokens, hidden]}
     * @param targets the trained tokens, {@code [trained tokens]}
     * @return {@code [trained tokens]}
     */
    public float[] logProbs(Tensor hidden, int[] targets) {
        return scan(hidden, targets, (w, chunk) -> {});
    }

    /**
     * Log-probs of the trained tokens and, for each, its gradient with respect to its hidden state.
     *
     * @param hidden {@code [trained tokens, hidden]}
     * @param targets {@code [trained tokens]}
     * @param gradient filled with ∂ log p/∂h, {@code [trained tokens, hidden]}, in the hidden states' dtype
     * @return {@code [trained tokens]}
     */
    public float[] logProbsAndGradient(Tensor hidden, int[] targets, Tensor gradient) {
        return scan(hidden, targets, (w, chunk) -> {
            // rows are divided by their sums after the product: they are much shorter there
            var expected = chunk.exponentials().to(w.scalar_type()).matmul(w);
            var target = w.index_select(0, chunk.targets());
            gradient.narrow(0, chunk.from(), chunk.rows())
                    .copy_(target.sub(expected.div(chunk.sums().to(w.scalar_type()))));
        });
    }

    /**
     * Gradient of {@code Σ_t weights_t · log p_t} with respect to hidden states and output matrix: a second pass, for a
     * trainable head or where the first gave log-probs alone.
     *
     * @param hidden {@code [trained tokens, hidden]}
     * @param targets {@code [trained tokens]}
     * @param tokenWeights ∂loss/∂log p of each token, {@code [trained tokens]}
     * @param gradient filled with ∂loss/∂h, {@code [trained tokens, hidden]}
     * @param weightGradient ∂loss/∂W is added to it, {@code [vocabulary, hidden]}, float32; absent: the head is frozen
     */
    public void backward(
            Tensor hidden, int[] targets, float[] tokenWeights, Tensor gradient, Optional<Tensor> weightGradient) {
        var all = Tensors.of(tokenWeights, device, tokenWeights.length, 1);
        scan(hidden, targets, (w, chunk) -> {
            var scale = all.narrow(0, chunk.from(), chunk.rows());
            // w_t · (onehot − softmax), in place of the exponentials
            var residual = chunk.exponentials()
                    .mul_(scale.div(chunk.sums()).neg())
                    .scatter_add_(1, chunk.targets().unsqueeze(1), scale);
            gradient.narrow(0, chunk.from(), chunk.rows())
                    .copy_(residual.to(w.scalar_type()).matmul(w));
            weightGradient.ifPresent(sum -> sum.addmm_(
                    residual.t(), Weights.cast(hidden.narrow(0, chunk.from(), chunk.rows()), ScalarType.Float)));
        });
    }

    /**
     * Logits of single positions, for generation.
     *
     * @param hidden {@code [rows, hidden]}
     * @return {@code [rows, vocabulary]}, float32
     */
    public Tensor logits(Tensor hidden) {
        return logits(hidden, weights.factor(name));
    }

    private static Tensor logits(Tensor hidden, Tensor w) {
        return Weights.cast(torch.linear(Weights.cast(hidden, w.scalar_type()), w), ScalarType.Float);
    }

    /**
     * A chunk whose log-probs are known.
     *
     * @param exponentials exp(logits − row maximum), {@code [rows, vocabulary]}, float32; may be overwritten
     * @param sums their row sums, {@code [rows, 1]}, float32
     * @param targets {@code [rows]}, int64
     * @param from first row
     */
    private record Chunk(Tensor exponentials, Tensor sums, Tensor targets, long from, long rows) {}

    private interface Work {
        /** @param w output matrix, {@code [vocabulary, hidden]} */
        void accept(Tensor w, Chunk chunk);
    }

    private float[] scan(Tensor hidden, int[] targets, Work work) {
        var count = targets.length;
        var result = new float[count];
        try (var outer = new PointerScope();
                var guard = new NoGradGuard()) {
            var w = weights.factor(name); // once: it may be a cast of the float32 copy
            var allTargets = Tensors.of(targets, device);
            for (var from = 0; from < count; from += chunk) {
                var rows = Math.min(chunk, count - from);
                try (var inner = new PointerScope()) {
                    var chunkTargets = allTargets.narrow(0, from, rows);
                    var logits = logits(hidden.narrow(0, from, rows), w);
                    // log p(y) = (y − max) − log Σ exp(logit − max), everything in the logits' own memory
                    logits.sub_(logits.amax(new long[] {1}, true));
                    var shifted = logits.gather(1, chunkTargets.unsqueeze(1));
                    var exponentials = logits.exp_();
                    var sums = exponentials.sum(new long[] {1}, true, new ScalarTypeOptional());
                    var values = Tensors.toFloats(shifted.sub(sums.log()));
                    System.arraycopy(values, 0, result, from, rows);
                    work.accept(w, new Chunk(exponentials, sums, chunkTargets, from, rows));
                }
            }
        }
        return result;
    }
}

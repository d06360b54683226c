package dev.tandem.model;

import dev.tandem.model.attention.Attention;
import dev.tandem.model.attention.CachedAttention;
import dev.tandem.model.attention.InPlaceRope;
import dev.tandem.model.attention.RopeTable;
import dev.tandem.model.batch.AttentionPlan;
import dev.tandem.model.batch.VariableLengthKernel;
import dev.tandem.model.config.BlockSpec;
import dev.tandem.model.config.NormSpec;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.FeedForward;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.Norm;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.Scopes;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A block of the decoder: attention and feed-forward, each between its norms, added to the residual stream. */
final class DecoderBlock {
    private final BlockSpec spec;
    private final Attention attention;
    private final FeedForward feedForward;
    private final Optional<Norm> attentionInput;
    private final Optional<Norm> attentionOutput;
    private final Optional<Norm> feedForwardInput;
    private final Optional<Norm> feedForwardOutput;

    /**
     * @param layer number of the block, its index in the key-value cache
     * @param kernel kernel for plans of one call
     */
    DecoderBlock(
            BlockSpec spec,
            int layer,
            LinearModules linears,
            ParameterStore weights,
            Optional<VariableLengthKernel> kernel) {
        this.spec = spec;
        this.attention = new Attention(spec.attention().module(), layer, linears, weights, kernel);
        this.feedForward = new FeedForward(spec.feedForward().module(), linears);
        this.attentionInput = norm(spec.attention().inputNorm(), weights);
        this.attentionOutput = norm(spec.attention().outputNorm(), weights);
        this.feedForwardInput = norm(spec.feedForward().inputNorm(), weights);
        this.feedForwardOutput = norm(spec.feedForward().outputNorm(), weights);
    }

    private static Optional<Norm> norm(Optional<NormSpec> spec, ParameterStore weights) {
        return spec.map(s -> new Norm(s, weights));
    }

    Attention attention() {
        return attention;
    }

    /**
     * The residual stream after the block.
     *
     * @param x residual stream before it, {@code [tokens, hidden]}
     * @param plan attention plan for this block's window
     * @param dropout dropout of this block in this pass
     */
    Tensor apply(Tensor x, RopeTable rope, AttentionPlan plan, Dropout dropout) {
        return Scopes.resultOf(() -> {
            var attended = attention.apply(normed(attentionInput, x), rope, plan, dropout);
            return afterAttention(x, attended, dropout);
        });
    }

    /**
     * The residual stream after the block, for new tokens of sequences whose keys and values are cached, without a
     * gradient. Tokens interact only in the attention, so threads partition the work before and after it.
     *
     * @param x residual stream before it, {@code [new tokens, hidden]}
     */
    Tensor next(Tensor x, InPlaceRope rope, CachedAttention cached, TokenPartition shares) {
        return Scopes.resultOf(() -> {
            var qkv = shares.heads(
                    x,
                    (part, from) -> attention.project(normed(attentionInput, part), rope.tokens(from, part.size(0))));
            var mixed = attention.attend(qkv, cached);
            return shares.rows(x, (part, from) -> {
                var attended = attention.output(mixed.narrow(0, from, part.size(0)), x.scalar_type());
                return afterAttention(part, attended, Dropout.none());
            });
        });
    }

    private Tensor afterAttention(Tensor x, Tensor attended, Dropout dropout) {
        var middle = add(x, normed(attentionOutput, attended));
        var fed = feedForward.apply(normed(feedForwardInput, spec.parallel() ? x : middle), dropout);
        return add(middle, normed(feedForwardOutput, fed));
    }

    private static Tensor normed(Optional<Norm> norm, Tensor x) {
        return norm.map(n -> n.apply(x)).orElse(x);
    }

    private Tensor add(Tensor x, Tensor sublayer) {
        return x.add(spec.residualScale() == 1 ? sublayer : sublayer.mul(new Scalar(spec.residualScale())));
    }
}

package dev.tandem.model;

import dev.tandem.model.ModelConfig.Norm;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A decoder-only transformer over packed sequences: embedding, blocks, final norm. Families differ in the parts their
 * config names, not in code.
 */
final class Decoder {
    private final ModelConfig config;
    private final Weights weights;
    private final ModuleNames names;
    private final LinearModules linears;
    private final List<Block> blocks = new ArrayList<>();
    private final float[] inverseFrequencies;
    private final Device device;

    Decoder(ModelConfig config, Weights weights, Device device) {
        this.config = config;
        this.weights = weights;
        this.device = device;
        this.names = ModuleNames.of(config);
        this.linears = new LinearModules(ParameterLayout.of(config), weights);
        this.inverseFrequencies = config.rope().inverseFrequencies();
        for (var i = 0; i < config.layers(); i++) {
            blocks.add(new Block(
                    new Attention(config, names, i, linears, weights),
                    new Mlp(config, names, i, linears),
                    names.layer(i, names.inputNorm()),
                    names.layer(i, names.postAttentionNorm())));
        }
    }

    LinearModules linears() {
        return linears;
    }

    /**
     * Final hidden states (after the last norm) of every token.
     *
     * @param dropout of this pass
     * @return {@code [tokens, hidden]}
     */
    Tensor hidden(PackedSequences batch, Dropout dropout) {
        var x = torch.embedding(weights.get(names.embedding() + ".weight"), Tensors.of(batch.ids(), device));
        var rope = RopeTable.of(inverseFrequencies, batch.positions(), device);
        var plans = new HashMap<OptionalInt, AttentionPlan>();
        for (var block : blocks) {
            var plan = plans.computeIfAbsent(
                    block.attention().window(), window -> AttentionPlan.of(batch, window, device));
            x = apply(block, x, rope, plan, dropout);
        }
        return norm(x, names.finalNorm());
    }

    private Tensor apply(Block block, Tensor x, RopeTable rope, AttentionPlan plan, Dropout dropout) {
        var attended = block.attention().apply(norm(x, block.inputNorm()), rope, plan, dropout);
        if (config.parallelResidual()) {
            return x.add(attended).add(block.mlp().apply(norm(x, block.postAttentionNorm()), dropout));
        }
        var middle = x.add(attended);
        return middle.add(block.mlp().apply(norm(middle, block.postAttentionNorm()), dropout));
    }

    private Tensor norm(Tensor x, String module) {
        var width = new long[] {config.hiddenSize()};
        var weight = weights.optional(module + ".weight");
        var eps = config.norm().eps();
        return config.norm().kind() == Norm.Kind.LAYER_NORM
                ? torch.layer_norm(x, width, weight, weights.optional(module + ".bias"), eps, true)
                : torch.rms_norm(x, width, weight, new DoubleOptional(eps));
    }

    private record Block(Attention attention, Mlp mlp, String inputNorm, String postAttentionNorm) {}
}

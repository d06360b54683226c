package dev.tandem.model;

import dev.tandem.model.ModelConfig.Norm;
import dev.tandem.tensor.Scopes;
import dev.tandem.tensor.Team;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
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
    private final Optional<VariableLengthKernel> kernel;

    /** Multiplications of a block with one token. */
    private final long blockProducts;

    private Optional<Team> team = Optional.empty();
    private Units units = Units.WHOLE;

    /** @param owner keeps what the decoder adds to the weights */
    Decoder(ModelConfig config, Weights weights, Computation computation, TensorOwner owner) {
        this.config = config;
        this.weights = weights;
        this.device = computation.device();
        this.kernel = computation.variableLength().filter(k -> k.fits(config.headDim()));
        this.names = ModuleNames.of(config);
        this.linears = new LinearModules(ParameterLayout.of(config), weights, computation.joinedProjections(), owner);
        this.inverseFrequencies = config.rope().inverseFrequencies();
        this.blockProducts = linears.products() / Math.max(1, config.layers());
        for (var i = 0; i < config.layers(); i++) {
            blocks.add(new Block(
                    new Attention(config, names, i, linears, weights, kernel),
                    new Mlp(config, names, i, linears),
                    names.layer(i, names.inputNorm()),
                    names.layer(i, names.postAttentionNorm())));
        }
    }

    LinearModules linears() {
        return linears;
    }

    /**
     * Hidden states after the last norm.
     *
     * @param rows of the batch wanted, {@code [rows]}, int64; absent: all
     * @param dropout of this pass
     * @return {@code [rows, hidden]}
     */
    Tensor hidden(PackedSequences batch, Optional<Tensor> rows, Dropout dropout) {
        var input = Input.of(batch, this);
        var x = embeddedUnit(batch.ids());
        for (var i = 0; i < blocks.size(); i++) {
            units.enter(unit(i));
            x = apply(blocks.get(i), x, input, dropout.ofBlock(i));
            leaveBlock(i);
        }
        return outputUnit(x, rows);
    }

    /**
     * The same, block by block, to be followed by a backward pass.
     *
     * @param rows of the batch wanted, {@code [rows]}, int64
     * @param checkpointing keep the blocks' inputs alone
     */
    DecoderPass forward(PackedSequences batch, Tensor rows, Dropout dropout, boolean checkpointing) {
        var input = Input.of(batch, this);
        var x = embeddedUnit(batch.ids());
        var segments = new ArrayList<DecoderPass.Segment>();
        for (var i = 0; i < blocks.size(); i++) {
            var block = blocks.get(i);
            var number = i;
            var wanted = i > 0 || x.requires_grad();
            units.enter(unit(i));
            if (checkpointing) {
                segments.add(DecoderPass.Segment.again(
                        x, wanted, again -> apply(block, again, input, dropout.ofBlock(number))));
                x = withoutGraph(block, x, input, dropout.ofBlock(i));
            } else {
                var leaf = x.detach();
                leaf.set_requires_grad(wanted);
                var output = apply(block, leaf, input, dropout.ofBlock(i));
                segments.add(DecoderPass.Segment.kept(x, wanted, leaf, output));
                x = output.detach();
            }
            leaveBlock(i);
        }
        return end(x, rows, segments, checkpointing);
    }

    private DecoderPass end(Tensor x, Tensor rows, List<DecoderPass.Segment> segments, boolean checkpointing) {
        if (checkpointing) {
            try (var guard = new NoGradGuard()) {
                var end = DecoderPass.Segment.again(x, true, again -> output(again, Optional.of(rows)));
                return new DecoderPass(outputUnit(x, Optional.of(rows)), segments, end, units);
            }
        }
        var leaf = x.detach();
        leaf.set_requires_grad(true);
        var output = outputUnit(leaf, Optional.of(rows));
        return new DecoderPass(output, segments, DecoderPass.Segment.kept(x, true, leaf, output), units);
    }

    /** Tells of the use of parameters from now on. */
    void units(Units newUnits) {
        units = newUnits;
    }

    private static int unit(int block) {
        return 1 + block;
    }

    private Tensor embeddedUnit(int[] ids) {
        units.enter(0);
        var x = embedded(ids);
        units.leave(0);
        return x;
    }

    /** The final norm is of the last block's unit. */
    private void leaveBlock(int block) {
        if (block < blocks.size() - 1) {
            units.leave(unit(block));
        }
    }

    private Tensor outputUnit(Tensor x, Optional<Tensor> rows) {
        var result = output(x, rows);
        units.leave(blocks.size());
        return result;
    }

    /** Computes with packed copies of the weights, and a team, from now on: for {@link #next} alone. */
    void pack(Team newTeam) {
        linears.pack(newTeam);
        team = Optional.of(newTeam);
    }

    /**
     * Hidden states of the last new token of each sequence, after the last norm; the cache then holds the new tokens too.
     *
     * @param ids new tokens, sequence after sequence
     * @return {@code [sequences, hidden]}
     */
    Tensor next(int[] ids, CachedAttention cached) {
        var rope = InPlaceRope.of(inverseFrequencies, cached.positions(), device);
        var shares = TokenShares.of(team, ids.length, blockProducts);
        var x = embedded(ids);
        for (var block : blocks) {
            var input = x;
            x = Scopes.resultOf(() -> next(block, input, rope, cached, shares));
        }
        cached.done();
        var last = cached.lastRows().stream().mapToInt(Integer::intValue).toArray();
        return output(x, last.length == ids.length ? Optional.empty() : Optional.of(Tensors.of(last, device)));
    }

    /** The products of {@link #next} by themselves, of numbers that do not matter. */
    void products(int tokens, CachedAttention cached) {
        var inputs = new HashMap<Integer, Tensor>();
        linears.products(width -> inputs.computeIfAbsent(
                width, w -> torch.ones(new long[] {tokens, w}, Tensors.options(weights.type(), device))));
        var query = Tensors.zeros(device, tokens, config.heads(), config.headDim());
        var key = Tensors.zeros(device, tokens, config.kvHeads(), config.headDim());
        for (var block : blocks) {
            try (var scope = new PointerScope()) {
                block.attention().attend(new QkvProjection.Qkv(query, key, key), cached);
            }
        }
    }

    /** Tokens meet in the attention alone: what is before it and after it is done share by share. */
    private Tensor next(Block block, Tensor x, InPlaceRope rope, CachedAttention cached, TokenShares shares) {
        var attention = block.attention();
        var qkv = shares.heads(
                x, (part, from) -> attention.project(norm(part, block.inputNorm()), rope.tokens(from, part.size(0))));
        var mixed = attention.attend(qkv, cached);
        return shares.rows(x, (part, from) -> {
            var attended = attention.output(mixed.narrow(0, from, part.size(0)), x.scalar_type());
            return afterAttention(block, part, attended, Dropout.none());
        });
    }

    private Tensor withoutGraph(Block block, Tensor x, Input input, Dropout dropout) {
        try (var guard = new NoGradGuard()) {
            return apply(block, x, input, dropout);
        }
    }

    private Tensor embedded(int[] ids) {
        return weights.embedded(names.embedding() + ".weight", Tensors.of(ids, device));
    }

    private Tensor output(Tensor x, Optional<Tensor> rows) {
        // the norm is row by row: rows that are not wanted need none
        return norm(rows.map(r -> x.index_select(0, r)).orElse(x), names.finalNorm());
    }

    /** What all blocks need to know of a batch. */
    private record Input(RopeTable rope, Map<OptionalInt, AttentionPlan> plans) {
        static Input of(PackedSequences batch, Decoder decoder) {
            var plans = new HashMap<OptionalInt, AttentionPlan>();
            for (var block : decoder.blocks) {
                plans.computeIfAbsent(block.attention().window(), window -> decoder.plan(batch, window));
            }
            return new Input(RopeTable.of(decoder.inverseFrequencies, batch.positions(), decoder.device), plans);
        }

        AttentionPlan plan(Block block) {
            var plan = plans.get(block.attention().window());
            if (plan == null) {
                throw new IllegalStateException(
                        "no plan for a window of " + block.attention().window());
            }
            return plan;
        }
    }

    private AttentionPlan plan(PackedSequences batch, OptionalInt window) {
        return kernel.isPresent()
                ? AttentionPlan.inOneCall(batch, window, device)
                : AttentionPlan.of(batch, window, device);
    }

    private Tensor apply(Block block, Tensor x, Input input, Dropout dropout) {
        return Scopes.resultOf(() -> {
            var normed = norm(x, block.inputNorm());
            var attended = block.attention().apply(normed, input.rope(), input.plan(block), dropout);
            return afterAttention(block, x, attended, dropout);
        });
    }

    private Tensor afterAttention(Block block, Tensor x, Tensor attended, Dropout dropout) {
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

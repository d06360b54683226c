package dev.tandem.model;

import dev.tandem.model.attention.CachedAttention;
import dev.tandem.model.attention.InPlaceRope;
import dev.tandem.model.attention.QkvProjection;
import dev.tandem.model.attention.RopeRates;
import dev.tandem.model.attention.RopeTable;
import dev.tandem.model.batch.AttentionPlan;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.batch.VariableLengthKernel;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.Rope;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.LinearModules;
import dev.tandem.model.layer.Norm;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.layer.UnitHooks;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.parallel.IntraOpPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A decoder-only transformer over packed sequences: embedding, blocks, final norm. Families differ in the parts their
 * specs name, not in code.
 */
final class Decoder {
    private final ModelSpec spec;
    private final ParameterStore weights;
    private final LinearModules linears;
    private final List<DecoderBlock> blocks = new ArrayList<>();
    private final Norm finalNorm;

    /** Factor of embedded tokens in the dtype of activations, {@code [1]}; absent: 1. */
    private final Optional<Tensor> embeddingScale;

    /** Frequencies of every rotary embedding that a block has. */
    private final Map<Rope, RopeRates> rates = new HashMap<>();

    private final Device device;
    private final Optional<VariableLengthKernel> kernel;

    /** Multiplications of a block with one token. */
    private final long blockProducts;

    private Optional<IntraOpPool> team = Optional.empty();
    private UnitHooks units = UnitHooks.WHOLE;

    /** @param owner keeps what the decoder adds to the weights */
    Decoder(ModelSpec spec, ParameterStore weights, Computation computation, TensorOwner owner) {
        this.spec = spec;
        this.weights = weights;
        this.device = computation.device();
        var attentions = spec.attentions();
        this.kernel = computation
                .variableLength()
                .filter(k -> attentions.stream().allMatch(attention -> k.fits(attention.headDim())));
        this.linears = new LinearModules(ParameterLayout.of(spec), weights, computation.fusedProjections(), owner);
        this.blockProducts = linears.products() / Math.max(1, spec.layers());
        this.finalNorm = new Norm(spec.finalNorm(), weights);
        this.embeddingScale = embeddingScale(spec, weights, device, owner);
        attentions.forEach(a -> rates.computeIfAbsent(a.rope(), RopeRates::new));
        for (var i = 0; i < spec.layers(); i++) {
            blocks.add(new DecoderBlock(spec.blocks().get(i), i, linears, weights, kernel));
        }
    }

    private static Optional<Tensor> embeddingScale(
            ModelSpec spec, ParameterStore weights, Device device, TensorOwner owner) {
        var scale = spec.embedding().scale();
        if (scale == 1) {
            return Optional.empty();
        }
        try (var scope = new PointerScope()) {
            var exact = Tensors.of(new float[] {(float) scale}, device, 1);
            return Optional.of(owner.own(ParameterStore.cast(exact, weights.type())));
        }
    }

    LinearModules linears() {
        return linears;
    }

    /**
     * Hidden states after the last norm.
     *
     * @param rows rows of the batch that are wanted, {@code [rows]}, int64; absent: all
     * @param dropout dropout of this pass
     * @return {@code [rows, hidden]}
     */
    Tensor hidden(PackedSequences batch, Optional<Tensor> rows, Dropout dropout) {
        var input = Input.of(batch, this);
        var x = embeddedUnit(batch.ids());
        for (var i = 0; i < blocks.size(); i++) {
            units.enter(unit(i));
            x = input.apply(blocks.get(i), x, dropout.ofBlock(i));
            leaveBlock(i);
        }
        return outputUnit(x, rows);
    }

    /**
     * Runs the blocks one by one, for a backward pass that follows.
     *
     * @param rows rows of the batch that are wanted, {@code [rows]}, int64
     * @param checkpointing whether to keep only the blocks' inputs
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
                        x, wanted, again -> input.apply(block, again, dropout.ofBlock(number))));
                x = withoutGraph(block, x, input, dropout.ofBlock(i));
            } else {
                var leaf = x.detach();
                leaf.set_requires_grad(wanted);
                var output = input.apply(block, leaf, dropout.ofBlock(i));
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

    /** Sets the hooks that are notified of the use of parameters. */
    void units(UnitHooks newUnits) {
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

    /** The final norm belongs to the last block's unit. */
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

    /** Uses packed copies of the weights, and a team, from now on; only for {@link #next}. */
    void pack(IntraOpPool newTeam) {
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
        var positions = cached.positions();
        var ropes = new HashMap<Rope, InPlaceRope>();
        rates.forEach((rope, its) -> ropes.put(rope, its.inPlace(positions, device)));
        var shares = TokenPartition.of(team, ids.length, blockProducts);
        var x = embedded(ids);
        for (var block : blocks) {
            x = block.next(x, made(ropes, block.attention().spec().rope()), cached, shares);
        }
        cached.done();
        var last = cached.lastRows().stream().mapToInt(Integer::intValue).toArray();
        return output(x, last.length == ids.length ? Optional.empty() : Optional.of(Tensors.of(last, device)));
    }

    /** Computes only the matrix products of {@link #next}, on arbitrary numbers. */
    void products(int tokens, CachedAttention cached) {
        var inputs = new HashMap<Integer, Tensor>();
        linears.products(width -> inputs.computeIfAbsent(
                width, w -> torch.ones(new long[] {tokens, w}, Tensors.options(weights.type(), device))));
        var zeros = new HashMap<Integer, Tensor>();
        for (var block : blocks) {
            var attention = block.attention().spec();
            var query = zeros(zeros, tokens, attention.heads(), attention.headDim());
            var key = zeros(zeros, tokens, attention.kvHeads(), attention.headDim());
            try (var scope = new PointerScope()) {
                block.attention().attend(new QkvProjection.Qkv(query, key, key), cached);
            }
        }
    }

    /** Created once for every width that occurs. */
    private Tensor zeros(Map<Integer, Tensor> made, int tokens, int heads, int headDim) {
        return made.computeIfAbsent(heads * headDim, width -> Tensors.zeros(device, tokens, width))
                .view(tokens, heads, headDim);
    }

    private static Tensor withoutGraph(DecoderBlock block, Tensor x, Input input, Dropout dropout) {
        try (var guard = new NoGradGuard()) {
            return input.apply(block, x, dropout);
        }
    }

    private Tensor embedded(int[] ids) {
        var x = weights.embedded(spec.embedding().weight().name(), Tensors.of(ids, device));
        return embeddingScale.map(x::mul).orElse(x);
    }

    private Tensor output(Tensor x, Optional<Tensor> rows) {
        // the norm works row by row, so rows that are not wanted are skipped
        return finalNorm.apply(rows.map(r -> x.index_select(0, r)).orElse(x));
    }

    /**
     * Data of a batch that all blocks need.
     *
     * @param ropes the rotation of every rotary embedding
     * @param plans attention plans by window
     */
    private record Input(Map<Rope, RopeTable> ropes, Map<OptionalInt, AttentionPlan> plans) {
        static Input of(PackedSequences batch, Decoder decoder) {
            var plans = new HashMap<OptionalInt, AttentionPlan>();
            for (var attention : decoder.spec.attentions()) {
                plans.computeIfAbsent(attention.window(), window -> decoder.plan(batch, window));
            }
            var ropes = new HashMap<Rope, RopeTable>();
            decoder.rates.forEach((rope, its) -> ropes.put(rope, its.table(batch.positions(), decoder.device)));
            return new Input(ropes, plans);
        }

        Tensor apply(DecoderBlock block, Tensor x, Dropout dropout) {
            var attention = block.attention().spec();
            return block.apply(x, made(ropes, attention.rope()), made(plans, attention.window()), dropout);
        }
    }

    private static <K, V> V made(Map<K, V> all, K key) {
        return Optional.ofNullable(all.get(key))
                .orElseThrow(() -> new IllegalStateException("there is no entry for " + key));
    }

    private AttentionPlan plan(PackedSequences batch, OptionalInt window) {
        return kernel.isPresent()
                ? AttentionPlan.inOneCall(batch, window, device)
                : AttentionPlan.of(batch, window, device);
    }
}

package dev.tandem.model;

import dev.tandem.data.example.Example;
import dev.tandem.math.TokenStatistic;
import dev.tandem.model.attention.CachedAttention;
import dev.tandem.model.attention.KeyValueCache;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.batch.SharedPrompt;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.head.LogitTransform;
import dev.tandem.model.head.OutputHead;
import dev.tandem.model.layer.Dropout;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.model.layer.UnitHooks;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.MatrixProducts;
import dev.tandem.tensor.parallel.IntraOpPool;
import dev.tandem.tensor.parallel.PackedMatrix;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A causal language model: a decoder, its output head, and at most one adapter that is switched on.
 *
 * <p>Several adapters may be used over one copy of the base weights, one at a time. Not thread-safe.
 */
public final class CausalLm implements AutoCloseable {
    private final ModelSpec spec;
    private final ParameterLayout layout;
    private final Map<String, Tensor> tensors;
    private final TensorOwner owner;
    private final Computation computation;
    private final Device device;
    private final ParameterStore weights;
    private final Decoder decoder;
    private final OutputHead head;
    private final String headName;
    private UnitHooks units = UnitHooks.WHOLE;
    private Optional<LoraAdapter> adapter = Optional.empty();
    private Optional<IntraOpPool> team = Optional.empty();

    /**
     * A model over given parameters.
     *
     * @param spec the model's structure
     * @param tensors all parameters of its {@link ParameterLayout} by checkpoint name, on the computation's device
     * @param computation how and where the model computes
     * @param owner owner of the parameters and everything derived from them; closed with the model
     */
    public CausalLm(ModelSpec spec, Map<String, Tensor> tensors, Computation computation, TensorOwner owner) {
        this.spec = spec;
        this.layout = ParameterLayout.of(spec);
        this.tensors = new LinkedHashMap<>(tensors);
        this.computation = computation;
        this.device = computation.device();
        this.owner = owner;
        this.weights = new ParameterStore(this.tensors, computation.type(), computation.productType());
        this.headName = spec.outputMatrix().name();
        this.decoder = new Decoder(spec, weights, computation, owner);
        this.head = new OutputHead(
                weights,
                headName,
                layout.unit(headName),
                device,
                computation.headTiles(),
                LogitTransform.of(spec.head()));
    }

    /** Sets the hooks that are notified of the use of parameters, in passes over whole sequences. */
    public void units(UnitHooks units) {
        this.units = units;
        decoder.units(units);
        head.units(units);
    }

    /** The model's structure. */
    public ModelSpec spec() {
        return spec;
    }

    /** Its parameters' names and shapes. */
    public ParameterLayout layout() {
        return layout;
    }

    /** Its parameters by checkpoint name, without any adapter. */
    public Map<String, Tensor> tensors() {
        return new LinkedHashMap<>(tensors);
    }

    /** How it computes. */
    public Computation computation() {
        return computation;
    }

    /** Where it computes. */
    public Device device() {
        return device;
    }

    /** Its output head. */
    public OutputHead head() {
        return head;
    }

    /** Checkpoint name of the output matrix: the token embedding's if they are tied. */
    public String headName() {
        return headName;
    }

    /** Memory of the matrices that a pass reads in full, those of all linear modules and of the output head, bytes. */
    public long matrixBytes() {
        return decoder.linears().bytes() + weights.stored(headName).nbytes();
    }

    /** The adapter that is switched on, if any. */
    public Optional<LoraAdapter> adapter() {
        return adapter;
    }

    /** Switches to another adapter, or to the base alone. */
    public void adapter(Optional<LoraAdapter> newAdapter) {
        this.adapter = newAdapter;
        decoder.linears()
                .all()
                .forEach(linear -> linear.lora(
                        newAdapter.flatMap(a -> a.weights(linear.spec().name()))));
    }

    /**
     * Packs examples as this model computes them: in order, with the prompt of a pair only once where that saves time.
     */
    public PackedSequences pack(List<Example> examples) {
        return PackedSequences.of(
                examples, pair -> computation.sharedPrompts() && SharedPrompt.pays(pair, spec.hiddenSize()));
    }

    /**
     * Final hidden states of every token.
     *
     * @param dropout dropout of this pass
     * @return {@code [tokens, hidden]}, in the computation's dtype
     */
    public Tensor hidden(PackedSequences batch, Dropout dropout) {
        return decoder.hidden(batch, Optional.empty(), dropout);
    }

    /**
     * Hidden states that predict the trained tokens, to be followed by a backward pass.
     *
     * @param dropout dropout of this pass
     * @return a pass whose output is {@code [trained tokens, hidden]}
     */
    public DecoderPass forward(PackedSequences batch, Dropout dropout) {
        if (team.isPresent()) {
            throw new IllegalStateException("a model that was prepared for generation cannot be trained");
        }
        var rows = predictors(batch);
        return units == UnitHooks.WHOLE && !computation.checkpointActivations()
                ? DecoderPass.inOnePiece(decoder.hidden(batch, Optional.of(rows), dropout))
                : decoder.forward(batch, rows, dropout, computation.checkpointActivations());
    }

    private Tensor predictors(PackedSequences batch) {
        return Tensors.of(batch.predictors(), device);
    }

    /**
     * Log-probs of the trained tokens, without a gradient and without dropout.
     *
     * @return {@code [trained tokens]}, natural logarithm
     */
    public float[] logProbs(PackedSequences batch) {
        return scores(batch, Set.of()).logProbs();
    }

    /**
     * Log-probs of the trained tokens and statistics of their distributions, without a gradient and without dropout.
     *
     * @param wanted statistics
     */
    public OutputHead.Scores scores(PackedSequences batch, Set<TokenStatistic> wanted) {
        if (batch.targets().length == 0 && units == UnitHooks.WHOLE) {
            return OutputHead.Scores.none(wanted);
        }
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var hidden = decoder.hidden(batch, Optional.of(predictors(batch)), Dropout.none());
            return head.logProbs(hidden, batch.targets(), wanted);
        }
    }

    /**
     * An empty cache of keys and values of this model.
     *
     * @param slots maximum number of sequences
     */
    public KeyValueCache newCache(int slots) {
        return new KeyValueCache(spec, device, slots);
    }

    /**
     * Reads further tokens of sequences that a cache holds, and predicts the next token of each.
     *
     * @param cache of this model
     * @param sequences numbers of the sequences in the cache
     * @param ids new tokens of each sequence, at least one
     * @return logits of the token after the last new one, {@code [sequences][vocabulary]}
     */
    public float[][] next(KeyValueCache cache, int[] sequences, List<int[]> ids) {
        if (ids.isEmpty() || ids.stream().anyMatch(some -> some.length == 0)) {
            throw new IllegalArgumentException("every sequence needs a new token");
        }
        return withTeam(() -> {
            var counts = ids.stream().mapToInt(some -> some.length).toArray();
            var all = ids.stream().flatMapToInt(Arrays::stream).toArray();
            return head.logits(decoder.next(all, new CachedAttention(spec, cache, sequences, counts, team)));
        });
    }

    /**
     * Computes only the matrix products of {@link #next}, those of linear modules, attention and output head, without
     * anything in between. Their time is a lower bound for {@code next}. The cache counts no more tokens afterwards
     * than before.
     *
     * @param cache of this model
     * @param sequences numbers of the sequences in the cache
     * @param counts number of new tokens of each
     */
    public void products(KeyValueCache cache, int[] sequences, int[] counts) {
        withTeam(() -> {
            decoder.products(Arrays.stream(counts).sum(), new CachedAttention(spec, cache, sequences, counts, team));
            return head.logits(torch.ones(
                    new long[] {counts.length, spec.hiddenSize()}, Tensors.options(computation.type(), device)));
        });
    }

    private <T> T withTeam(Supplier<T> work) {
        var threads = torch.get_num_threads();
        // libtorch's threads would occupy the cores for a while after each operation and delay the team's
        team.ifPresent(t -> torch.set_num_threads(1));
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            return work.get();
        } finally {
            torch.set_num_threads(threads);
        }
    }

    /**
     * Makes {@link #next} fast: copies the weights into the layout that the processor reads fastest, and shares every
     * product among threads. The weights must not change afterwards. Does nothing where it would not help (on a GPU,
     * without oneDNN), or where the copy would not leave half of the machine's memory free.
     *
     * @param threads number of threads that compute, including the caller's
     */
    public void prepareGeneration(int threads) {
        prepareGeneration(() -> new IntraOpPool(threads));
    }

    /** Prepares generation with a new team, which is closed with the model. */
    void prepareGeneration(Supplier<IntraOpPool> made) {
        var bytes = 2 * tensors.values().stream().mapToLong(Tensor::nbytes).sum();
        if (team.isPresent()
                || !device.is_cpu()
                || !MatrixProducts.fits(bytes)
                || !PackedMatrix.available(computation.productType())) {
            return;
        }
        var helpers = made.get();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            decoder.pack(helpers);
            head.pack(helpers, owner);
        } catch (RuntimeException e) {
            helpers.close();
            throw e;
        }
        team = Optional.of(helpers);
    }

    /**
     * Creates a replica of this model for another thread. It shares the parameters, has the adapter that is switched on
     * now, and must not outlive this model.
     */
    public CausalLm replica() {
        var replica = new CausalLm(spec, tensors, computation, new TensorOwner());
        replica.adapter(adapter);
        return replica;
    }

    /**
     * Creates a replica of this model over other leaves, for another thread.
     *
     * @param leaves parameters by checkpoint name; must not be freed before the replica
     */
    public CausalLm replica(Map<String, Tensor> leaves) {
        return new CausalLm(spec, leaves, computation, new TensorOwner());
    }

    /** Frees the parameters. */
    @Override
    public void close() {
        team.ifPresent(IntraOpPool::close);
        owner.close();
    }
}

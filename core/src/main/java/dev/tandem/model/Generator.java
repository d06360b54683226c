package dev.tandem.model;

import dev.tandem.tensor.Devices;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.TensorOwner;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;

/** Greedy generation by computing the whole text anew for every token: exact and simple, for short answers. */
public final class Generator implements AutoCloseable {
    private final CausalLm model;
    private final TensorOwner adapter;

    /** A generator over a model, with whatever adapter is switched on. */
    public Generator(CausalLm model) {
        this(model, new TensorOwner());
    }

    /** @param adapter keeps the adapter's tensors; closed with the generator */
    private Generator(CausalLm model, TensorOwner adapter) {
        this.model = model;
        this.adapter = adapter;
    }

    /**
     * A generator over a model directory, in float32 on the CPU; closing it frees the model.
     *
     * @throws dev.tandem.UserException if the directory holds no model Tandem reads
     */
    public static Generator open(Path directory) {
        return open(directory, Optional.empty());
    }

    /**
     * A generator over a model directory and an adapter, in float32 on the CPU; closing it frees both.
     *
     * @param adapter PEFT adapter directory over the model
     * @throws dev.tandem.UserException if a directory does not hold what Tandem reads
     */
    public static Generator open(Path directory, Optional<Path> adapter) {
        NativeSetup.ensure();
        var cpu = Devices.of("cpu");
        var model = ModelLoader.load(directory, Computation.of(torch.ScalarType.Float, cpu));
        var owner = new TensorOwner();
        try {
            model.adapter(adapter.map(path -> LoraAdapter.read(path, model.layout(), cpu, owner)));
            return new Generator(model, owner);
        } catch (RuntimeException e) {
            owner.close();
            model.close();
            throw e;
        }
    }

    /**
     * Continues a prompt with the most probable token, again and again.
     *
     * @param prompt token ids, at least one
     * @param maxNewTokens most tokens to add
     * @param stop tokens that end the text; the one that ended it is not part of the result
     * @return the new tokens
     */
    public int[] greedy(int[] prompt, int maxNewTokens, Set<Integer> stop) {
        var ids = Arrays.copyOf(prompt, prompt.length + maxNewTokens);
        var length = prompt.length;
        while (length < ids.length) {
            var next = next(Arrays.copyOf(ids, length));
            if (stop.contains(next)) {
                break;
            }
            ids[length++] = next;
        }
        return Arrays.copyOfRange(ids, prompt.length, length);
    }

    @Override
    public void close() {
        model.close();
        adapter.close();
    }

    private int next(int[] ids) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var hidden = model.hidden(PackedSequences.prompt(ids), Dropout.none());
            var logits = model.head().logits(hidden.narrow(0, ids.length - 1L, 1));
            return (int) torch.argmax(logits).item_long();
        }
    }
}

package dev.tandem.model.generation;

import dev.tandem.UserException;
import dev.tandem.data.TextTokenizer;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.LoraAdapter;
import dev.tandem.model.ModelLoader;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.NativeSetup;
import dev.tandem.tensor.TensorOwner;
import java.nio.file.Path;
import java.util.Optional;

/** A model with its tokenizer, and an adapter over it if there is one: what text is made with. Frees them when closed. */
public final class TextModel implements AutoCloseable {
    private final CausalLm model;
    private final TextTokenizer tokenizer;
    private final TensorOwner adapter;

    private TextModel(CausalLm model, TextTokenizer tokenizer, TensorOwner adapter) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.adapter = adapter;
    }

    /**
     * Opens a model's folder.
     *
     * @param directory Hugging Face model directory
     * @param adapter PEFT adapter directory over it
     * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
     * @param type of weights and activations: {@code F32} or {@code BF16}
     * @throws UserException if a folder does not hold what Tandem reads
     */
    public static TextModel open(Path directory, Optional<Path> adapter, String device, DType type) {
        NativeSetup.ensure();
        var target = Devices.of(device);
        var tokenizer = TextTokenizer.load(directory);
        var owner = new TensorOwner();
        try {
            var model = ModelLoader.load(directory, Computation.of(type.scalarType(), target));
            try {
                model.adapter(adapter.map(path -> LoraAdapter.read(path, model.layout(), target, owner)));
                return new TextModel(model, tokenizer, owner);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException e) {
            owner.close();
            tokenizer.close();
            throw e;
        }
    }

    /** The model. */
    public CausalLm model() {
        return model;
    }

    /** Its tokenizer. */
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** Longest text it was trained for, tokens. */
    public int maxPositions() {
        return model.config().maxPositions();
    }

    @Override
    public void close() {
        model.close();
        adapter.close();
        tokenizer.close();
    }
}

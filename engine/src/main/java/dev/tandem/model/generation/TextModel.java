package dev.tandem.model.generation;

import dev.tandem.UserException;
import dev.tandem.data.format.TurnEnds;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.machine.NativeSetup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** A model with its tokenizer, and an adapter over it if there is one: what text is made with. Frees them when closed. */
public final class TextModel implements AutoCloseable {
    private final CausalLm model;
    private final TextTokenizer tokenizer;
    private final Set<Integer> endTokens;

    private TextModel(CausalLm model, TextTokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.endTokens = TurnEnds.all(tokenizer);
    }

    /**
     * Opens a model's folder.
     *
     * @param directory Hugging Face model directory
     * @param adapter PEFT adapter directory over it
     * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
     * @param type of weights and activations: {@code F32} or {@code BF16}
     * @return the model, to be closed
     * @throws UserException if a folder does not hold what Tandem reads
     */
    public static TextModel open(Path directory, Optional<Path> adapter, String device, DType type) {
        NativeSetup.ensure();
        var tokenizer = TextTokenizer.load(directory);
        try {
            var model = ModelLoader.load(directory, adapter, Computation.of(type.scalarType(), Devices.of(device)));
            model.prepareGeneration(NativeSetup.threads());
            return new TextModel(model, tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * The model.
     *
     * @return the model, closed with this
     */
    public CausalLm model() {
        return model;
    }

    /**
     * Its tokenizer.
     *
     * @return the tokenizer, closed with this
     */
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * The tokens that end a text: EOS, those that the model's files name, and those that end the assistant's turns in its
     * chat template.
     */
    public Set<Integer> endTokens() {
        return endTokens;
    }

    /** Longest text it was trained for, tokens. */
    public int maxPositions() {
        return model.spec().maxPositions();
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}

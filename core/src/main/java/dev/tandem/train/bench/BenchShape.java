package dev.tandem.train.bench;

import dev.tandem.UserException;
import dev.tandem.model.Activation;
import dev.tandem.model.ModelConfig;
import dev.tandem.model.ModelConfig.Norm;
import dev.tandem.model.ModelConfigReader;
import dev.tandem.model.ModelFamily;
import dev.tandem.model.Rope;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model to measure: shapes only, its weights are random (time does not depend on their values).
 *
 * @param name how reports call it
 * @param config the model
 */
public record BenchShape(String name, ModelConfig config) {
    private static final int CONTEXT = 2048;

    /** Names of the built-in shapes. */
    public static final List<String> NAMES = List.of("tiny", "tiny-llama", "pythia-70m", "pythia-160m", "llama-1b-ish");

    /**
     * A built-in shape.
     *
     * @throws UserException if there is none of that name
     */
    public static BenchShape named(String name) {
        return switch (name) {
            case "pythia-70m" -> new BenchShape(name, neox(50304, 512, 6, 8, 2048));
            case "pythia-160m" -> new BenchShape(name, neox(50304, 768, 12, 12, 3072));
            case "llama-1b-ish" -> new BenchShape(name, llama(128_256, 2048, 16, 32, 8, 8192));
            case "tiny-llama" -> new BenchShape(name, llama(512, 64, 2, 4, 2, 160));
            case "tiny" -> new BenchShape(name, neox(512, 64, 2, 4, 256));
            default ->
                throw new UserException("There is no built-in shape '" + name + "'. Known: " + String.join(", ", NAMES)
                        + "; or give a recipe.");
        };
    }

    /** The shape of a model directory. @throws UserException if its config is unusable */
    public static BenchShape of(Path modelDirectory) {
        var folder = modelDirectory.toAbsolutePath().normalize().getFileName();
        return new BenchShape(
                folder == null ? modelDirectory.toString() : folder.toString(), ModelConfigReader.read(modelDirectory));
    }

    /** The projections that make queries, keys and values: what an adapter is on unless a recipe says otherwise. */
    public List<String> attentionInputs() {
        return config.fusedQkv() ? List.of("query_key_value") : List.of("q_proj", "k_proj", "v_proj");
    }

    private static ModelConfig neox(int vocabulary, int hidden, int layers, int heads, int inner) {
        return new ModelConfig(
                ModelFamily.GPT_NEOX,
                vocabulary,
                hidden,
                layers,
                heads,
                heads,
                hidden / heads,
                inner,
                new Norm(Norm.Kind.LAYER_NORM, 1e-5),
                new Rope(10_000, hidden / heads / 4, new Rope.None()),
                Activation.GELU,
                false,
                true,
                true,
                true,
                true,
                true,
                false,
                false,
                Collections.nCopies(layers, OptionalInt.empty()),
                CONTEXT,
                OptionalInt.empty(),
                Set.of());
    }

    private static ModelConfig llama(int vocabulary, int hidden, int layers, int heads, int kvHeads, int inner) {
        return new ModelConfig(
                ModelFamily.LLAMA,
                vocabulary,
                hidden,
                layers,
                heads,
                kvHeads,
                hidden / heads,
                inner,
                new Norm(Norm.Kind.RMS_NORM, 1e-5),
                new Rope(10_000, hidden / heads, new Rope.None()),
                Activation.SILU,
                true,
                false,
                false,
                false,
                false,
                false,
                false,
                true,
                Collections.nCopies(layers, OptionalInt.empty()),
                CONTEXT,
                OptionalInt.empty(),
                Set.of());
    }
}

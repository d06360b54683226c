package dev.tandem.train.reference;

import dev.tandem.io.DigestCache;
import dev.tandem.io.Sha256;
import dev.tandem.model.config.ConfigJson;
import dev.tandem.model.lora.LoraAdapter;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.safetensors.WeightsFormats;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Identifies everything that a reference's log-probs depend on except the tokens: the content of its config, weights and
 * adapter, the dtype it computes in, the kind of device, and the version of the engine's numerics. Paths do not count.
 *
 * <p>A policy that starts with a fresh adapter has the fingerprint of its base: B is zero, so it adds nothing.
 *
 * @param hash SHA-256
 */
record ReferenceFingerprint(byte[] hash) {
    /** To be raised when the engine's log-probs change by more than rounding. */
    private static final int NUMERICS_VERSION = 1;

    /** Bytes of {@link #hash}. */
    static final int BYTES = 32;

    /**
     * The fingerprint of a recipe's reference.
     *
     * @param device kind of device and dtype of matrix products: their roundings differ
     * @throws UncheckedIOException if a file cannot be read
     * @throws dev.tandem.UserException if weights are absent or malformed
     */
    static ReferenceFingerprint of(Recipe recipe, String device, DigestCache digests) {
        var reference = recipe.reference();
        var model = reference.flatMap(r -> r.model()).orElse(recipe.model());
        var adapter = reference.isPresent()
                ? reference.flatMap(r -> r.adapter())
                : recipe.lora().flatMap(l -> l.initFrom());
        return of(model, adapter, recipe.train().precision(), device, digests);
    }

    private static ReferenceFingerprint of(
            Path model, Optional<Path> adapter, Precision precision, String device, DigestCache digests) {
        var text = String.join(
                "\n",
                "reference log-probs " + NUMERICS_VERSION,
                precision.name().toLowerCase(Locale.ROOT),
                device,
                "config " + digests.of(List.of(model.resolve(ConfigJson.FILE_NAME))),
                "weights " + digests.of(weights(model)),
                "adapter " + adapter.map(LoraAdapter::files).map(digests::of).orElse(List.of()));
        return new ReferenceFingerprint(Sha256.of(text));
    }

    private static List<Path> weights(Path model) {
        try (var weights = WeightsFormats.open(model)) {
            return weights.paths().stream()
                    .sorted(Comparator.comparing(path -> path.getFileName().toString()))
                    .toList();
        }
    }

    /** The hash as hex. */
    String hex() {
        return HexFormat.of().formatHex(hash);
    }
}

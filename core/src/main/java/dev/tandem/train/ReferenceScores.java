package dev.tandem.train;

import dev.tandem.SharedLock;
import dev.tandem.data.Example;
import dev.tandem.objective.Objective;
import dev.tandem.objective.Objectives;
import dev.tandem.recipe.Recipe;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The reference's log-probs of a run's examples: from the cache where it has them, computed and kept where not.
 *
 * <p>A log-prob is filed under its tokens, so equal examples have the same one, whichever objective, run or place they are
 * in. Kept values are used bit for bit. The last bits of a computed one may depend on the examples that were in the model
 * with it: a run whose cache was filled in part by a run over other data may differ from one without a cache by rounding.
 * One that finds all, nothing, or what it had computed itself before it was killed does not; so a resumed run goes on bit
 * for bit.
 */
final class ReferenceScores {
    /** Computing that a killed run may lose. */
    private static final Duration SLICE = Duration.ofMinutes(1);

    private final ReferencePolicy policy;
    private final Optional<ReferenceStore> store;
    private final TrainingListener listener;
    private final Optional<ReferenceSlices> slices;
    private final Map<ExampleDigest, double[]> known = new HashMap<>();

    private ReferenceScores(ReferencePolicy policy, Optional<ReferenceStore> store, TrainingListener listener) {
        this.policy = policy;
        this.store = store;
        this.listener = listener;
        this.slices = store.map(s -> new ReferenceSlices(s, SLICE, listener::onMessage));
    }

    /** The scores of a recipe's reference, with its cache. Reads the weights' content if that was never read before. */
    static ReferenceScores of(Recipe recipe, ReferencePolicy policy, TrainingListener listener) {
        var needed = recipe.objectives().values().stream().map(Objectives::of).anyMatch(Objective::needsReference);
        var cache = recipe.cache().filter(c -> needed);
        return new ReferenceScores(policy, cache.flatMap(c -> store(recipe, policy, c, listener)), listener);
    }

    private static Optional<ReferenceStore> store(
            Recipe recipe, ReferencePolicy policy, Path cache, TrainingListener listener) {
        try {
            var digests = new ContentDigests(cache, InstantSource.system());
            var fingerprint = ReferenceFingerprint.of(recipe, policy.deviceKind(), digests);
            return Optional.of(new ReferenceStore(cache, fingerprint, listener::onMessage));
        } catch (UncheckedIOException e) {
            // whoever loads the reference says what is wrong with it
            listener.onMessage("Reference log-probs are not kept: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Log-probs of an objective's examples, in whose order the missing ones are computed.
     *
     * @param name the objective
     */
    ReferenceLogProbs of(String name, List<Example> examples) {
        var digests = examples.stream().map(ExampleDigest::of).toList();
        var missing = new LinkedHashMap<ExampleDigest, Example>();
        for (var i = 0; i < examples.size(); i++) {
            missing.putIfAbsent(digests.get(i), examples.get(i));
        }
        var distinct = missing.size();
        take(missing);
        var computed = missing.isEmpty() ? 0 : complete(name, missing);
        store.ifPresent(s -> listener.onMessage(String.format(
                Locale.ROOT,
                "Reference log-probs of %s: %,d from the cache, %,d computed",
                name,
                distinct - computed,
                computed)));
        return ReferenceLogProbs.of(examples, digests.stream().map(this::known).toList());
    }

    private double[] known(ExampleDigest digest) {
        return Optional.ofNullable(known.get(digest)).orElseThrow();
    }

    /** Takes away from {@code missing} what is known or kept. */
    private void take(Map<ExampleDigest, Example> missing) {
        missing.keySet().removeAll(known.keySet());
        store.filter(s -> !missing.isEmpty())
                .map(s -> s.load(missing.keySet()))
                .orElse(Map.of())
                .forEach((digest, sums) -> {
                    var example = Optional.ofNullable(missing.get(digest));
                    if (example.filter(e -> e.sequences().size() == sums.length).isPresent()) {
                        known.put(digest, sums);
                        missing.remove(digest);
                    }
                });
    }

    /** Computes what is missing, less what another run computed while this one waited for it; the number computed. */
    private int complete(String name, Map<ExampleDigest, Example> missing) {
        try (var lock = lock(name)) {
            take(missing);
            if (!missing.isEmpty()) {
                compute(name, missing);
            }
            return missing.size();
        }
    }

    private SharedLock lock(String name) {
        return store.map(s -> SharedLock.of(
                        s.folder().resolve("lock"),
                        () -> listener.onMessage("Reference log-probs of " + name
                                + ": another run computes some of this reference, waiting for it")))
                .orElseGet(SharedLock::none);
    }

    private void compute(String name, Map<ExampleDigest, Example> missing) {
        var digests = new ArrayList<>(missing.keySet());
        var done = new int[1];
        slices.ifPresent(ReferenceSlices::begin);
        try {
            policy.compute(List.copyOf(missing.values()), round -> {
                for (var sums : round) {
                    var digest = digests.get(done[0]++);
                    known.put(digest, sums);
                    slices.ifPresent(s -> s.add(digest, sums));
                }
                slices.ifPresent(ReferenceSlices::writeIfDue);
                listener.onProgress("reference log-probs of " + name, done[0], digests.size());
            });
        } finally {
            slices.ifPresent(ReferenceSlices::finish);
        }
    }
}

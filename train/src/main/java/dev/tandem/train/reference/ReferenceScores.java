package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import dev.tandem.io.DigestCache;
import dev.tandem.io.SharedLock;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.TrainingListener;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The reference's log-probs of a run's examples: read from the cache where it has them, otherwise computed and kept.
 *
 * <p>A log-prob is filed under its tokens, so equal examples have the same one, whichever objective, run or place they are
 * in. Kept values are used bit for bit. The last bits of a computed one may depend on the examples that were in the model
 * with it: a run whose cache was filled in part by a run over other data may differ from one without a cache by rounding. A
 * run that finds all of them, none, or those it computed itself before it was killed does not; so a resumed run continues
 * bit for bit.
 */
public final class ReferenceScores {
    /** Computing time that a killed run may lose. */
    private static final Duration SLICE = Duration.ofMinutes(1);

    private final ReferencePolicy policy;
    private final Optional<ReferenceStore> store;
    private final TrainingListener listener;
    private final Optional<ReferenceAppender> slices;
    private final Map<ExampleDigest, double[]> known = new HashMap<>();

    private ReferenceScores(ReferencePolicy policy, Optional<ReferenceStore> store, TrainingListener listener) {
        this.policy = policy;
        this.store = store;
        this.listener = listener;
        this.slices = store.map(s -> new ReferenceAppender(s, SLICE, listener::onMessage));
    }

    /**
     * The scores of a recipe's reference, with its cache, which the first rank alone opens. Reads the weights' content if that
     * was never read before.
     *
     * @param losses that are trained or measured; the cache is opened if one of them needs the reference
     */
    public static ReferenceScores of(
            Recipe recipe, Collection<Objective> losses, ReferencePolicy policy, TrainingListener listener) {
        var needed = losses.stream().anyMatch(Objective::needsReference);
        var cache = recipe.cache().filter(c -> needed && policy.ranks().ranks().isRankZero());
        return new ReferenceScores(policy, cache.flatMap(c -> store(recipe, policy, c, listener)), listener);
    }

    private static Optional<ReferenceStore> store(
            Recipe recipe, ReferencePolicy policy, Path cache, TrainingListener listener) {
        try {
            var digests = new DigestCache(cache, InstantSource.system());
            var fingerprint = ReferenceFingerprint.of(recipe, policy.deviceKind(), digests);
            return Optional.of(new ReferenceStore(cache, fingerprint, listener::onMessage));
        } catch (UncheckedIOException e) {
            // loading the reference reports what is wrong with it
            listener.onMessage("Reference log-probs are not kept: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Log-probs of an objective's examples, in whose order the missing ones are computed. Every rank calls this with the same
     * examples.
     *
     * @param name the objective
     */
    public ReferenceLogProbs of(String name, List<Example> examples) {
        return policy.ranks().ranks().isRankZero() ? first(name, examples) : other(name, examples);
    }

    private ReferenceLogProbs first(String name, List<Example> examples) {
        var digests = examples.stream().map(ExampleDigest::of).toList();
        var missing = new LinkedHashMap<ExampleDigest, Integer>();
        for (var i = 0; i < examples.size(); i++) {
            missing.putIfAbsent(digests.get(i), i);
        }
        var distinct = missing.size();
        take(missing, examples);
        complete(name, missing, examples);
        var computed = missing.size();
        store.ifPresent(s -> listener.onMessage(String.format(
                Locale.ROOT,
                "Reference log-probs of %s: %,d from the cache, %,d computed",
                name,
                distinct - computed,
                computed)));
        var sums = policy.ranks().spread(examples, position -> known(digests.get(position)));
        return ReferenceLogProbs.of(examples, sums);
    }

    /** The work of a rank other than the first: it receives the missing positions, and at the end all log-probs. */
    private ReferenceLogProbs other(String name, List<Example> examples) {
        var missing = policy.ranks().agreed(examples.size(), List.of()).stream()
                .map(examples::get)
                .toList();
        if (!missing.isEmpty()) {
            var done = new int[1];
            policy.compute(missing, round -> progress(name, done[0] += round.size(), missing.size()));
        }
        return ReferenceLogProbs.of(examples, policy.ranks().spread(examples, position -> new double[0]));
    }

    private void progress(String name, int done, int total) {
        listener.onProgress("reference log-probs of " + name, done, total);
    }

    private double[] known(ExampleDigest digest) {
        return Optional.ofNullable(known.get(digest)).orElseThrow();
    }

    /** Removes from {@code missing} what is known or kept. */
    private void take(Map<ExampleDigest, Integer> missing, List<Example> examples) {
        missing.keySet().removeAll(known.keySet());
        store.filter(s -> !missing.isEmpty())
                .map(s -> s.load(missing.keySet()))
                .orElse(Map.of())
                .forEach((digest, sums) -> {
                    var example = Optional.ofNullable(missing.get(digest)).map(examples::get);
                    if (example.filter(e -> e.sequences().size() == sums.length).isPresent()) {
                        known.put(digest, sums);
                        missing.remove(digest);
                    }
                });
    }

    /** Computes what is missing, less what another run computed while this one waited for it. */
    private void complete(String name, Map<ExampleDigest, Integer> missing, List<Example> examples) {
        try (var lock = missing.isEmpty() ? SharedLock.none() : lock(name)) {
            if (lock.held()) {
                take(missing, examples);
            }
            policy.ranks().agreed(examples.size(), missing.values());
            if (!missing.isEmpty()) {
                compute(name, missing, examples);
            }
        }
    }

    private SharedLock lock(String name) {
        return store.map(s -> SharedLock.of(
                        s.folder().resolve("lock"),
                        () -> listener.onMessage("Reference log-probs of " + name
                                + ": another run computes some of this reference, waiting for it")))
                .orElseGet(SharedLock::none);
    }

    private void compute(String name, Map<ExampleDigest, Integer> missing, List<Example> examples) {
        var digests = new ArrayList<>(missing.keySet());
        var done = new int[1];
        slices.ifPresent(ReferenceAppender::begin);
        try {
            policy.compute(missing.values().stream().map(examples::get).toList(), round -> {
                for (var sums : round) {
                    var digest = digests.get(done[0]++);
                    known.put(digest, sums);
                    slices.ifPresent(s -> s.add(digest, sums));
                }
                slices.ifPresent(ReferenceAppender::writeIfDue);
                progress(name, done[0], digests.size());
            });
        } finally {
            slices.ifPresent(ReferenceAppender::finish);
        }
    }
}

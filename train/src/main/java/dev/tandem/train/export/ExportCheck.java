package dev.tandem.train.export;

import dev.tandem.data.example.Example;
import dev.tandem.data.example.TokenSequence;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.objective.LogProbs;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.policy.PolicyFactory;
import dev.tandem.train.policy.SequenceScorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Scores an exported model against its source, one model in memory after the other. */
final class ExportCheck {
    private static final int SEQUENCES = 16;
    private static final int TOKENS = 64;
    private static final long SEED = 20241015;

    private final String device;

    ExportCheck(String device) {
        NativeSetup.ensure();
        this.device = device;
    }

    /**
     * How far two models' log-probs are apart.
     *
     * @param tokens compared
     * @param mean absolute difference, nats a token
     * @param max absolute difference of a token, nats
     * @param effect mean absolute difference that the adapter makes to its base, nats a token
     */
    record Difference(int tokens, double mean, double max, OptionalDouble effect) {
        /** Whether it is within the tolerance; log-probs that are NaN never are. */
        boolean within(Tolerance tolerance) {
            return mean <= tolerance.mean() && max <= tolerance.max();
        }
    }

    /** Sequences of random tokens, the same for every model of a vocabulary. */
    static List<Example> randomExamples(ModelSpec spec) {
        var random = new SplittableRandom(SEED);
        var length = Math.min(TOKENS, spec.maxPositions());
        var examples = new ArrayList<Example>();
        for (var i = 0; i < SEQUENCES; i++) {
            var ids = random.ints(length, 0, spec.vocabSize()).toArray();
            examples.add(new Example(i, List.of(TokenSequence.of(ids, 1))));
        }
        return examples;
    }

    /**
     * Compares an exported model with its source.
     *
     * @throws dev.tandem.UserException if a model or the adapter is unusable
     */
    Difference compare(Path model, Optional<Path> adapter, Path exported, List<Example> examples) {
        var base = adapter.map(a -> scores(model, Optional.empty(), examples));
        var source = scores(model, adapter, examples);
        var result = scores(exported, Optional.empty(), examples);
        var effect =
                base.map(b -> OptionalDouble.of(difference(b, source).mean())).orElse(OptionalDouble.empty());
        var difference = difference(source, result);
        return new Difference(difference.tokens(), difference.mean(), difference.max(), effect);
    }

    private List<LogProbs> scores(Path model, Optional<Path> adapter, List<Example> examples) {
        var target = Devices.of(device);
        try (var threads = PolicyFactory.replicaThreads(target, OptionalInt.empty());
                var loaded = ModelLoader.load(model, adapter, Computation.of(ScalarType.Float, target))) {
            return new SequenceScorer(loaded, threads).score(examples, done -> {});
        }
    }

    private static Difference difference(List<LogProbs> expected, List<LogProbs> actual) {
        var tokens = 0;
        var sum = 0.0;
        var max = 0.0;
        for (var i = 0; i < expected.size(); i++) {
            var one = expected.get(i).values();
            var other = actual.get(i).values();
            for (var t = 0; t < one.length; t++) {
                var apart = Math.abs((double) one[t] - other[t]);
                sum += apart;
                max = Math.max(max, apart);
                tokens++;
            }
        }
        return new Difference(tokens, sum / Math.max(1, tokens), max, OptionalDouble.empty());
    }

    /**
     * How far an exported model's log-probs may be from those of its source. Both are computed in float32, so that
     * what differs is the rounding of the weights.
     *
     * @param mean most absolute difference on average, nats a token
     * @param max most absolute difference of a token, nats
     */
    record Tolerance(double mean, double max) {

        /** The tolerance for weights stored in a dtype. */
        static Tolerance of(DType type) {
            return switch (type) {
                case F32 -> new Tolerance(1e-4, 1e-3);
                case F16 -> new Tolerance(0.01, 0.1);
                default -> new Tolerance(0.05, 0.5);
            };
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "mean %.0e, largest %.0e", mean, max);
        }
    }
}

package dev.tandem.bench;

import dev.tandem.data.example.Example;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.response.Sft;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.loop.BatchSource;
import dev.tandem.train.loop.DatasetBatches;
import dev.tandem.train.loop.MicroBatches;
import dev.tandem.train.loop.ObjectiveTask;
import dev.tandem.train.loop.TrainingBatch;
import dev.tandem.train.policy.Policy;
import dev.tandem.train.policy.SequenceScorer;
import dev.tandem.train.reference.ReferenceLogProbs;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The two objectives on synthetic examples, with the reference's log-probs computed beforehand. */
public final class BenchTasks {
    static final String SFT = "sft";
    static final String PREFERENCE = "preference";
    public static final List<String> OBJECTIVES = List.of(SFT, PREFERENCE);
    public static final double BETA = 0.1;
    private static final long SFT_SEED = 3;
    private static final long PAIR_SEED = 4;

    private final BenchSettings settings;
    private final BenchExamples sft;
    private final BenchExamples pairs;
    private final ReferenceLogProbs reference;
    private double referenceTokensPerSecond;
    private final double sftOptimum;

    /** @param policy as it is before the first step: the reference */
    public BenchTasks(BenchSettings settings, Policy policy) {
        this.settings = settings;
        var vocabulary = settings.shape().spec().vocabSize();
        this.sft = BenchExamples.sft(settings.lengths().sft(), settings.sftBatch(), vocabulary, SFT_SEED);
        this.pairs = BenchExamples.pairs(settings.lengths().preference(), settings.pairBatch(), vocabulary, PAIR_SEED);
        this.reference = referenceLogProbs(policy);
        // losses start with equal gaps, so that MAXRIGHT steps on both
        this.sftOptimum = Math.log(vocabulary) - Math.log(2);
    }

    /** The batches of an objective, from their start. */
    public BenchExamples stream(String objective) {
        return objective.equals(SFT) ? sft.again() : pairs.again();
    }

    /** How fast the reference's log-probs were computed. */
    double referenceTokensPerSecond() {
        return referenceTokensPerSecond;
    }

    /** Both objectives, their streams at the start. */
    public List<ObjectiveTask> tasks() {
        var none = ReferenceLogProbs.none();
        return List.of(
                new ObjectiveTask(
                        SFT,
                        new Sft(),
                        batches(SFT, none),
                        batches(SFT, none),
                        TrainingBatch.of(List.of(), none),
                        MicroBatches.whole(),
                        OptionalDouble.of(sftOptimum)),
                new ObjectiveTask(
                        PREFERENCE,
                        new Dpo(BETA, 0),
                        batches(PREFERENCE, reference),
                        batches(PREFERENCE, reference),
                        TrainingBatch.of(List.of(), reference),
                        MicroBatches.whole(),
                        OptionalDouble.of(0)));
    }

    private BatchSource batches(String objective, ReferenceLogProbs logProbs) {
        return new DatasetBatches(stream(objective), logProbs);
    }

    /** Log-probs of the pairs that will be drawn, computed as a training run does: once, before the first step. */
    private ReferenceLogProbs referenceLogProbs(Policy policy) {
        var batches = Math.max(settings.warmup() + settings.steps(), MethodRounds.stepsOfRound(settings));
        List<Example> needed =
                pairs.all().subList(0, (int) Math.min(pairs.all().size(), (long) batches * settings.pairBatch()));
        try (var threads = new ReplicaThreads(settings.threads(), settings.threads())) {
            var start = System.nanoTime();
            var sums = new SequenceScorer(policy.model(), threads)
                    .score(needed, done -> {}).stream()
                            .map(l -> IntStream.range(0, l.sequences())
                                    .mapToDouble(l::sum)
                                    .toArray())
                            .toList();
            referenceTokensPerSecond =
                    needed.stream().mapToInt(Example::tokens).sum() / ((System.nanoTime() - start) * 1e-9);
            return ReferenceLogProbs.of(needed, sums);
        }
    }
}

package dev.tandem.experiment.theory;

import dev.tandem.experiment.theory.DpoObjective.Pair;
import dev.tandem.experiment.theory.SftObjective.Demonstration;
import dev.tandem.train.Seeds;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A log-linear policy with demonstrations and preferences: two convex objectives over the same parameters in a ball.
 *
 * @param sft f_SFT
 * @param preference f_DPO
 * @param ball the allowed parameters
 */
public record ConvexProblem(SftObjective sft, DpoObjective preference, Ball ball) {
    private static final int PROMPTS = 16;
    private static final int ANSWERS = 5;
    private static final int DIMENSION = 6;
    private static final int DEMONSTRATIONS = 96;
    private static final int PAIRS = 96;
    private static final double RADIUS = 4.0;

    /** Length of the parameters that the data is drawn from: well inside the ball. */
    private static final double TASTE = 2.0;

    /** Cosine between the parameters favoured by demonstrations and by preferences. */
    private static final double AGREEMENT = -0.5;

    /**
     * A problem with conflicting data: demonstrations are drawn from one policy, preferences by the Bradley-Terry rule
     * from another that partly opposes it.
     *
     * @param seed seed of features and data
     * @param beta DPO's β &gt; 0
     */
    public static ConvexProblem conflicting(long seed, double beta) {
        var random = new SplittableRandom(Seeds.of(seed, "theory-problem"));
        var policy = LogLinearPolicy.random(PROMPTS, ANSWERS, DIMENSION, random);
        var first = direction(random);
        var other = direction(random);
        Vectors.add(other, -Vectors.dot(first, other), first);
        var demonstrated = Vectors.sum(new double[DIMENSION], TASTE, first);
        var across = Math.sqrt(1.0 - AGREEMENT * AGREEMENT) / Vectors.norm(other);
        var preferred =
                Vectors.sum(Vectors.sum(new double[DIMENSION], TASTE * AGREEMENT, first), TASTE * across, other);
        var demonstrations = IntStream.range(0, DEMONSTRATIONS)
                .map(i -> i % PROMPTS)
                .mapToObj(x -> new Demonstration(x, policy.draw(x, demonstrated, random)))
                .toList();
        var pairs = IntStream.range(0, PAIRS)
                .map(i -> i % PROMPTS)
                .mapToObj(x -> pair(policy, x, preferred, beta, random))
                .toList();
        return new ConvexProblem(
                new SftObjective(policy, demonstrations),
                new DpoObjective(policy, pairs, new double[DIMENSION], beta),
                new Ball(RADIUS));
    }

    /** The starting point of training: the reference, which is the uniform policy. */
    public double[] start() {
        return new double[sft.dimension()];
    }

    private static Pair pair(
            LogLinearPolicy policy, int prompt, double[] preferred, double beta, SplittableRandom random) {
        var first = random.nextInt(policy.answers(prompt));
        var second = (first + 1 + random.nextInt(policy.answers(prompt) - 1)) % policy.answers(prompt);
        var margin = policy.logProb(prompt, first, preferred) - policy.logProb(prompt, second, preferred);
        var firstWins = random.nextDouble() * (1.0 + Math.exp(-beta * margin)) < 1.0;
        return firstWins ? new Pair(prompt, first, second) : new Pair(prompt, second, first);
    }

    private static double[] direction(SplittableRandom random) {
        var vector = new double[DIMENSION];
        for (var i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextGaussian();
        }
        var unit = new double[DIMENSION];
        Vectors.add(unit, 1.0 / Vectors.norm(vector), vector);
        return unit;
    }
}

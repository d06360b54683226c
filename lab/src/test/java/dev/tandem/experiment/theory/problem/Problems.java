package dev.tandem.experiment.theory.problem;

import dev.tandem.experiment.theory.problem.DpoObjective.Pair;
import dev.tandem.experiment.theory.problem.SftObjective.Demonstration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Random problems of any dimension for tests. */
public final class Problems {
    private static final int PROMPTS = 4;
    private static final int ANSWERS = 3;

    private Problems() {}

    /** A problem with random answers, random pairs, a random reference and a random β. */
    public static ConvexProblem random(int dimension, int examples, double radius, long seed) {
        var random = new SplittableRandom(seed);
        var policy = LogLinearPolicy.random(PROMPTS, ANSWERS, dimension, random);
        List<Demonstration> demonstrations = IntStream.range(0, examples)
                .mapToObj(i -> new Demonstration(random.nextInt(PROMPTS), random.nextInt(ANSWERS)))
                .toList();
        List<Pair> pairs = IntStream.range(0, examples)
                .mapToObj(i -> {
                    var chosen = random.nextInt(ANSWERS);
                    return new Pair(random.nextInt(PROMPTS), chosen, (chosen + 1 + random.nextInt(2)) % ANSWERS);
                })
                .toList();
        var reference = point(dimension, 0.5, random);
        var beta = 0.2 + 2.0 * random.nextDouble();
        return new ConvexProblem(
                new SftObjective(policy, demonstrations),
                new DpoObjective(policy, pairs, reference, beta),
                new Ball(radius));
    }

    /** A point with normal coordinates. */
    static double[] point(int dimension, double scale, SplittableRandom random) {
        var point = new double[dimension];
        for (var i = 0; i < dimension; i++) {
            point[i] = scale * random.nextGaussian();
        }
        return point;
    }

    /** A point of the ball, often at its edge. */
    public static double[] feasible(ConvexProblem problem, SplittableRandom random) {
        var point = point(problem.start().length, problem.ball().radius(), random);
        problem.ball().project(point);
        return random.nextBoolean() ? point : Vectors.sum(new double[point.length], random.nextDouble(), point);
    }
}

package dev.tandem.experiment.theory;

import dev.tandem.experiment.theory.TheoryResult.GapCurve;
import dev.tandem.experiment.theory.TheoryResult.MethodGaps;
import dev.tandem.experiment.theory.problem.ConvexProblem;
import dev.tandem.math.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tests the paper's claims on a problem with a known solution: the distance of each method's result from the best
 * trade-off, as a function of the number of steps. Every run is independent, with batches and draws of its own, so that
 * no two points of a curve share their randomness. Equal settings give the same result to the last bit, on any
 * number of cores.
 */
public final class Theory {
    private final TheorySettings settings;
    private final TradeOff tradeOff;
    private final StochasticDescent descent;

    /** A run of a method for a number of steps. */
    private record Job(ComparedMethod contestant, int steps, int seed) {}

    /** The gaps at the end of a run. */
    private record Gaps(double mix, double max) {}

    /** Creates an experiment and computes the optima. */
    public Theory(TheorySettings settings) {
        this.settings = settings;
        var problem = ConvexProblem.conflicting(settings.problemSeed(), settings.beta());
        this.tradeOff = new TradeOff(problem, settings.lambda());
        this.descent = new StochasticDescent(problem, settings.batchSize(), settings.stepSize());
    }

    /** Runs all methods, on all cores. */
    public TheoryResult run() {
        var methods = Arrays.stream(ComparedMethod.values()).map(this::measure).toList();
        return new TheoryResult(
                settings.lambda(),
                settings.evaluateEvery(),
                settings.batchSize(),
                settings.seeds(),
                new TheoryResult.Optima(
                        tradeOff.sft().value(),
                        tradeOff.preference().value(),
                        tradeOff.mix().value(),
                        tradeOff.max().value()),
                settings.grid(),
                Slope.ofBound(settings.grid()),
                methods);
    }

    private MethodGaps measure(ComparedMethod contestant) {
        var jobs = settings.grid().stream()
                .flatMap(steps -> IntStream.range(0, settings.seeds()).mapToObj(s -> new Job(contestant, steps, s)))
                .toList();
        var gaps = jobs.parallelStream().map(this::run).toList();
        var mix = table(gaps.stream().mapToDouble(Gaps::mix).toArray());
        var max = table(gaps.stream().mapToDouble(Gaps::max).toArray());
        var bounded = contestant.gap() == ComparedMethod.Gap.MIX ? mix : max;
        var slope = Slope.of(settings.grid(), bounded);
        var floor = floor(bounded);
        return new MethodGaps(
                contestant.label(),
                contestant.gap() == ComparedMethod.Gap.MIX ? "mix" : "max",
                curve(mix),
                curve(max),
                slope.mean(),
                slope.low(),
                slope.high(),
                floor,
                SlopeVerdict.of(slope, Slope.ofBound(settings.grid()), floor));
    }

    private Gaps run(Job job) {
        var contestant = job.contestant();
        var seed = Seeds.of(job.seed(), "theory-" + contestant.label(), job.steps());
        var method = contestant.method(tradeOff, settings.evaluateEvery(), job.steps(), seed);
        var theta = descent.run(method, job.steps(), contestant.losses(), seed);
        return new Gaps(tradeOff.mixGap(theta), tradeOff.maxGap(theta));
    }

    /** Gaps with rows by length and columns by seed. */
    private double[][] table(double[] gaps) {
        return IntStream.range(0, settings.grid().size())
                .mapToObj(row -> Arrays.copyOfRange(gaps, row * settings.seeds(), (row + 1) * settings.seeds()))
                .toArray(double[][]::new);
    }

    private static GapCurve curve(double[][] gaps) {
        List<MeanEstimate> scatters = Arrays.stream(gaps).map(MeanEstimate::of).toList();
        return new GapCurve(
                scatters.stream().map(MeanEstimate::mean).toList(),
                scatters.stream().map(MeanEstimate::deviation).toList(),
                floor(gaps));
    }

    /**
     * The lower bound of the mean on the second half of the grid, with 95 % confidence. It uses Student's t on the
     * logarithms, which suits gaps that scatter by factors: the geometric mean is never above the mean, nor is its
     * lower bound.
     */
    private static double floor(double[][] gaps) {
        return Arrays.stream(gaps)
                .skip(gaps.length / 2)
                .map(row -> MeanEstimate.of(Slope.logs(row)))
                .mapToDouble(scatter -> Math.exp(scatter.mean() - scatter.margin()))
                .min()
                .orElseThrow();
    }
}

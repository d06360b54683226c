package dev.tandem.method.draw;

import dev.tandem.UserException;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodState;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.text.KebabCase;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * MAXRIGHT (arXiv 2410.15483): every step is on the objective with the largest weighted gap w_i·(f_i − f*_i),
 * unweighted; a tie goes to the lowest index.
 *
 * <p>A step gives the loss of the objective that it is on. {@link ProbeBatch} says how the losses of the others are found:
 * with {@code SEPARATE}, an objective without a loss for k steps is evaluated on a batch drawn for the purpose; with
 * {@code NEXT}, all are evaluated every k steps on the batches they would train on next. In between, gaps are stale. A gap
 * is that of a running mean ({@link RunningGaps}), since a single batch's loss says more about the batch.
 *
 * <p>Objectives of weight 0 are neither evaluated nor chosen. A plan's notes hold the weighted gaps the choice was made
 * from, {@code gap/<name>}, and {@code evaluated}: 1 at an evaluation, 0 otherwise.
 */
public final class Maxright implements Method {
    /** {@code name: maxright}. */
    public static final MethodType TYPE = MethodType.weighted("maxright", Settings::read);

    /** Note: whether an objective was evaluated before the step. */
    public static final String EVALUATED = "evaluated";

    /** Prefix of the notes that hold weighted gaps. */
    public static final String GAP = "gap/";

    private final Settings settings;
    private final ObjectiveWeights weights;
    private final RunningGaps gaps;
    private int now;

    /** Which losses are computed of objectives that it does not step on. */
    public enum ProbeBatch {
        /** The loss of a training batch drawn for the purpose: it measures the objective's progress. */
        SEPARATE,
        /** The loss of the batch each objective would train on next, all objectives at the same step. */
        NEXT
    }

    /**
     * @param settings weights in the order of the objectives, and what is evaluated when
     * @param optima f* of every objective, [objectives]
     * @throws IllegalArgumentException if there are more or fewer optima than weights
     */
    public Maxright(Settings settings, double[] optima) {
        this.settings = settings;
        this.weights = settings.weights();
        this.gaps = new RunningGaps(optima, settings.smoothing());
        if (optima.length != weights.size()) {
            throw new IllegalArgumentException(weights.size() + " weights and " + optima.length + " optima");
        }
    }

    /**
     * MAXRIGHT in a recipe.
     *
     * @param weights of the objectives
     * @param probeEvery steps after which an objective's loss is too old and is evaluated (the paper's k), at least 1
     * @param probe which batches are evaluated
     * @param smoothing s of the running mean behind a gap, where a loss of t steps ago has weight s^t: from 0, the last
     *     loss alone, to below 1
     */
    public record Settings(ObjectiveWeights weights, int probeEvery, ProbeBatch probe, double smoothing)
            implements MethodRecipe {
        private static final String EVERY = "probe-every";
        private static final String PROBE = "probe";
        private static final String SMOOTHING = "smoothing";
        private static final Map<String, ProbeBatch> FORMER_PROBES =
                Map.of("other-batch", ProbeBatch.SEPARATE, "next-batch", ProbeBatch.NEXT);
        private static final Range SMOOTHINGS = Range.BELOW_ONE;

        /** @throws UserException if k or the smoothing is out of its range */
        public Settings {
            if (probeEvery < 1) {
                throw new UserException(
                        EVERY + " is " + probeEvery + ", but maxright evaluates every n steps, and n is at least 1");
            }
            SMOOTHINGS.require(SMOOTHING, smoothing);
        }

        /** Settings with the usual values: k = 10, batches drawn for the purpose, a mean over about the last ten steps. */
        public Settings(ObjectiveWeights weights) {
            this(weights, 10, ProbeBatch.SEPARATE, 0.9);
        }

        private static Settings read(Section section, ObjectiveWeights weights) {
            var usual = new Settings(weights);
            section.renamed("evaluate-every", EVERY).renamed("evaluate-on", PROBE);
            return new Settings(
                    weights,
                    section.optional(EVERY, n -> section.integer(EVERY, n, 1, Integer.MAX_VALUE))
                            .orElse(usual.probeEvery),
                    section.optional(PROBE, n -> section.choice(PROBE, n, ProbeBatch.class, FORMER_PROBES))
                            .orElse(usual.probe),
                    section.optional(SMOOTHING, n -> section.number(SMOOTHING, n, SMOOTHINGS))
                            .orElse(usual.smoothing));
        }

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<>(weights.settings());
            settings.put(EVERY, probeEvery);
            settings.put(PROBE, KebabCase.of(probe));
            settings.put(SMOOTHING, smoothing);
            return settings;
        }

        @Override
        public boolean needsOptima() {
            return true;
        }

        @Override
        public boolean choosesEveryStep() {
            return true;
        }

        @Override
        public Method create(MethodContext context) {
            return new Maxright(
                    new Settings(weights.in(context.names()), probeEvery, probe, smoothing), context.optima());
        }

        /** Steps fall to the objectives in proportion to their weights; every k steps the others are evaluated. */
        @Override
        public StepWork work(List<String> objectives, int steps) {
            var shares = weights.in(objectives).values();
            return StepWork.alternating(shares)
                    .withProbes(Arrays.stream(shares)
                            .map(share -> share > 0.0 ? (1.0 - share) / probeEvery : 0.0)
                            .toArray());
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        now = step;
        var due = due();
        due.forEach(
                i -> gaps.add(i, now, settings.probe() == ProbeBatch.NEXT ? probe.loss(i) : probe.lossOnProbeBatch(i)));
        var notes = new HashMap<String, Double>();
        notes.put(EVALUATED, due.isEmpty() ? 0.0 : 1.0);
        return new StepPlan(List.of(new StepPlan.Term(largest(notes), 1.0)), false, notes);
    }

    /** Objectives to evaluate. The one with the largest gap so far is first, since it most likely keeps it. */
    private List<Integer> due() {
        var all = now % settings.probeEvery() == 0 || objectives().anyMatch(i -> !gaps.known(i));
        return objectives()
                .filter(i -> settings.probe() == ProbeBatch.NEXT
                        ? all
                        : !gaps.known(i) || gaps.age(i, now) >= settings.probeEvery())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> gaps.known(i) ? -weights.get(i) * gaps.get(i) : 0.0))
                .toList();
    }

    private IntStream objectives() {
        return IntStream.range(0, weights.size()).filter(i -> weights.get(i) > 0.0);
    }

    /** The objective of the largest weighted gap. All gaps are noted. */
    private int largest(HashMap<String, Double> notes) {
        var chosen = -1;
        var largest = Double.NEGATIVE_INFINITY;
        for (var i : objectives().toArray()) {
            var weighted = weights.get(i) * gaps.get(i);
            notes.put(GAP + weights.names().get(i), weighted);
            // A loss that is not a number is stepped on, so that training sees it and stops.
            if (chosen < 0 || weighted > largest || Double.isNaN(weighted)) {
                chosen = i;
                largest = weighted;
            }
        }
        return chosen;
    }

    @Override
    public void observe(StepPlan plan, double[] losses) {
        if (settings.probe() == ProbeBatch.NEXT && plan.notes().getOrDefault(EVALUATED, 0.0) == 1.0) {
            return; // the evaluation was of this very batch
        }
        for (var i = 0; i < losses.length; i++) {
            gaps.add(plan.terms().get(i).objective(), now, losses[i]);
        }
    }

    @Override
    public MethodState state() {
        var values = new HashMap<String, Double>();
        gaps.save(values);
        return new MethodState(values);
    }

    @Override
    public void restore(MethodState state) {
        gaps.restore(state.values());
    }
}

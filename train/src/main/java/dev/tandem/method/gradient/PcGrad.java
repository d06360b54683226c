package dev.tandem.method.gradient;

import dev.tandem.method.GradientCombiner;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepRandom;
import dev.tandem.method.StepWork;
import dev.tandem.yaml.Section;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * PCGrad (Yu et al., 2020, <i>Gradient Surgery for Multi-Task Learning</i>, arXiv 2001.06782): every step is on all
 * objectives; where two gradients conflict, g_i·g_j &lt; 0, each is projected onto the normal plane of the other first.
 *
 * <p>Each gradient is projected against the others in a random order of its own. The others are as they were before any
 * projection: g_i ← g_i − (g_i·g_j / ‖g_j‖²)·g_j. The step is on the sum, or on Σ w_i·g_i where there are weights; w_i·g_i
 * in place of g_i would be projected alike. The paper's guarantees are for plain gradient descent; AdamW rescales the
 * result.
 *
 * <p>Objectives of weight 0 are left out. The orders are a function of the seed and the step's number.
 */
public final class PcGrad implements Method {
    /** {@code name: pcgrad}. */
    public static final MethodType TYPE = new MethodType() {
        @Override
        public String name() {
            return "pcgrad";
        }

        @Override
        public MethodRecipe parse(Section section, List<String> objectives, int steps) {
            return new Settings(
                    weightKeys().stream().anyMatch(section::has)
                            ? Optional.of(ObjectiveWeights.read(section, objectives))
                            : Optional.empty());
        }

        @Override
        public Optional<MethodRecipe> weighted(Section section, ObjectiveWeights weights, int steps) {
            return Optional.of(new Settings(Optional.of(weights)));
        }
    };

    /** "pcgrad" in ASCII. */
    private static final long NAME = 0x706367726164L;

    private final List<StepPlan.Term> terms;
    private final StepRandom random;

    /**
     * @param weights of the objectives, by which their gradients are summed, [objectives]; none negative, one positive
     * @param seed of the orders
     */
    public PcGrad(double[] weights, long seed) {
        this.terms = IntStream.range(0, weights.length)
                .filter(i -> weights[i] > 0.0)
                .mapToObj(i -> new StepPlan.Term(i, weights[i]))
                .toList();
        this.random = new StepRandom(seed, NAME);
    }

    /**
     * PCGrad in a recipe.
     *
     * @param weights of the objectives; absent: their gradients count 1 each, as in the paper
     */
    public record Settings(Optional<ObjectiveWeights> weights) implements MethodRecipe {
        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            return weights.map(ObjectiveWeights::settings).orElse(Map.of());
        }

        @Override
        public Method create(MethodContext context) {
            return new PcGrad(of(context.names()), context.seed());
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.joint(of(objectives)).combined();
        }

        private double[] of(List<String> objectives) {
            return weights.map(given -> given.in(objectives).values())
                    .orElseGet(
                            () -> objectives.stream().mapToDouble(name -> 1.0).toArray());
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        var numbers = random.at(step);
        var orders = new ArrayList<List<Integer>>();
        for (var i = 0; i < terms.size(); i++) {
            var order = new ArrayList<>(IntStream.range(0, terms.size()).boxed().toList());
            for (var left = order.size(); left > 1; left--) {
                Collections.swap(order, left - 1, numbers.nextInt(left));
            }
            orders.add(order);
        }
        var weights = terms.stream().map(StepPlan.Term::weight).toList();
        return new StepPlan(terms, false, Optional.of(new Projection(weights, orders)), Map.of());
    }

    /**
     * The projections, on coefficients: g_i is Σ_k a_k·g_k, of which a_i = 1 at first, and ⟨g_i, g_j⟩ = Σ_k a_k·G_kj.
     *
     * @param weights by which what is projected is summed, [terms]
     * @param orders of the terms that each gradient is held against, [terms][terms]; itself is skipped
     */
    public record Projection(List<Double> weights, List<List<Integer>> orders) implements GradientCombiner {
        @Override
        public double[] coefficients(double[][] gram, double[] losses) {
            var result = new double[gram.length];
            for (var i = 0; i < gram.length; i++) {
                var projected = projected(gram, i);
                for (var k = 0; k < result.length; k++) {
                    result[k] += weights.get(i) * projected[k];
                }
            }
            return result;
        }

        private double[] projected(double[][] gram, int i) {
            var coefficients = new double[gram.length];
            coefficients[i] = 1.0;
            for (var j : orders.get(i)) {
                var product = 0.0;
                for (var k = 0; k < coefficients.length; k++) {
                    product += coefficients[k] * gram[k][j];
                }
                if (j != i && product < 0.0) {
                    coefficients[j] -= product / gram[j][j];
                }
            }
            return coefficients;
        }
    }
}

package dev.tandem.method.draw;

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
import dev.tandem.yaml.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ALRIGHT (arXiv 2410.15483): every step is on one objective, unweighted, drawn with its weight as
 * probability. In expectation a step of size η is one of {@link dev.tandem.method.joint.Mix Mix}, at the price of one objective.
 */
public final class Alright implements Method {
    /** {@code name: alright}. */
    public static final MethodType TYPE = MethodType.weighted("alright", Settings::read);

    private final DrawSequence draws;

    /** How it draws. */
    public enum Draws {
        /** Each draw is independent. */
        BERNOULLI,
        /** After any n steps every objective was drawn within 1 of w·n times. */
        BALANCED
    }

    /**
     * @param weights probability of every objective
     * @param draws independent draws, each a pure function of the seed and the step number; or a balanced sequence
     * @param seed seed of the draws
     */
    public Alright(ObjectiveWeights weights, Draws draws, long seed) {
        this.draws = switch (draws) {
            case BERNOULLI -> new IndependentDraws(weights, seed);
            case BALANCED -> new BalancedDraws(weights, seed);
        };
    }

    /**
     * ALRIGHT in a recipe.
     *
     * @param weights probability of every objective
     * @param draws independent draws, or a balanced low-discrepancy sequence of the same frequencies
     */
    public record Settings(ObjectiveWeights weights, Draws draws) implements MethodRecipe {
        private static Settings read(Section section, ObjectiveWeights weights) {
            return new Settings(
                    weights,
                    section.optional("draws", n -> section.choice("draws", n, Draws.class))
                            .orElse(Draws.BERNOULLI));
        }

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<>(weights.settings());
            settings.put("draws", KebabCase.of(draws));
            return settings;
        }

        @Override
        public boolean choosesEveryStep() {
            return true;
        }

        @Override
        public Method create(MethodContext context) {
            return new Alright(weights.in(context.names()), draws, context.seed());
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            return StepWork.alternating(weights.in(objectives).values());
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        return StepPlan.on(draws.next(step));
    }

    @Override
    public MethodState state() {
        return draws.state();
    }

    @Override
    public void restore(MethodState state) {
        draws.restore(state);
    }
}

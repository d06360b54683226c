package dev.tandem.method.stage;

import dev.tandem.UserException;
import dev.tandem.method.LossProbe;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.StepPlan;
import dev.tandem.method.StepWork;
import dev.tandem.text.Suggestion;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One objective after the other: each stage is a number of steps on one objective. At each switch the optimizer's moments are
 * reset, and the learning rate's schedule and warm-up begin again, as in a new run from the last stage's model.
 *
 * <p>Beyond the last stage's steps, the last stage continues. A stage may have no steps at all.
 */
public final class Sequential implements Method {
    /** {@code name: sequential}. */
    public static final MethodType TYPE = new Type();

    private static final String ORDER = "order";
    private static final String SPLIT = "split";
    private static final String STAGE_STEPS = "stage-steps";

    private final List<Integer> order;
    private final List<Integer> stageSteps;

    /**
     * @param order objective index of each stage
     * @param stageSteps steps of each stage, none negative
     * @throws IllegalArgumentException if there is no stage, the two lists differ in length or a number is negative
     */
    public Sequential(List<Integer> order, List<Integer> stageSteps) {
        this.order = List.copyOf(order);
        this.stageSteps = List.copyOf(stageSteps);
        if (order.isEmpty() || order.size() != stageSteps.size()) {
            throw new IllegalArgumentException(order.size() + " stages with " + stageSteps.size() + " step counts");
        }
        if (order.stream().anyMatch(i -> i < 0) || stageSteps.stream().anyMatch(n -> n < 0)) {
            throw new IllegalArgumentException("negative objective or step count: " + order + ", " + stageSteps);
        }
    }

    private static final class Type implements MethodType {
        @Override
        public String name() {
            return "sequential";
        }

        @Override
        public MethodRecipe parse(Section section, List<String> objectives, int steps) {
            var order = section.required(ORDER, n -> order(section, n));
            section.checked(ORDER, () -> Settings.indices(order, objectives));
            var split = section.optional(SPLIT, n -> section.number(SPLIT, n, Settings.SHARE));
            var stageSteps = section.optional(
                    STAGE_STEPS,
                    n -> section.list(STAGE_STEPS, n, i -> section.integer(STAGE_STEPS, i, 1, Integer.MAX_VALUE)));
            var key = split.isPresent() ? SPLIT : STAGE_STEPS;
            return section.checked(key, () -> {
                var settings = new Settings(order, split, stageSteps);
                settings.stages(steps);
                return settings;
            });
        }

        private static List<String> order(Section section, YamlNode node) {
            return section.list(ORDER, node, item -> section.text(ORDER, item));
        }

        /** Every objective has its weight's share of the steps, as in ALRIGHT on average. */
        @Override
        public Optional<MethodRecipe> weighted(Section section, ObjectiveWeights weights, int steps) {
            var order = section.optional(ORDER, n -> order(section, n)).orElse(weights.names());
            section.checked(ORDER, () -> Settings.indices(order, weights.names()));
            return Optional.of(
                    order.size() == 2
                            ? new Settings(order, Optional.of(weights.get(order.get(0))), Optional.empty())
                            : new Settings(order, Optional.empty(), Optional.of(shares(weights.in(order), steps))));
        }

        private static List<Integer> shares(ObjectiveWeights weights, int steps) {
            var result = new ArrayList<Integer>();
            var share = 0.0;
            var before = 0;
            for (var i = 0; i < weights.size(); i++) {
                share += weights.get(i);
                var end = i == weights.size() - 1 ? steps : (int) Math.round(share * steps);
                result.add(end - before);
                before = end;
            }
            return result;
        }

        @Override
        public Set<String> weightKeys() {
            return Set.of(SPLIT, STAGE_STEPS);
        }
    }

    /**
     * Sequential in a recipe.
     *
     * @param order objective names, each once
     * @param split share of the steps of the first stage (two objectives), default 0.5
     * @param stageSteps steps of each stage, in order; takes the place of {@code split}
     */
    public record Settings(List<String> order, Optional<Double> split, Optional<List<Integer>> stageSteps)
            implements MethodRecipe {
        private static final Range SHARE = Range.INSIDE;

        /** @throws UserException if a share or a number of steps leaves a stage none, or they do not fit the order */
        public Settings {
            order = List.copyOf(order);
            stageSteps = stageSteps.map(List::copyOf);
            if (split.isPresent() && stageSteps.isPresent()) {
                throw new UserException("give split or stage-steps, not both");
            }
            split.ifPresent(share -> SHARE.require(SPLIT, share));
            if (split.isPresent() && order.size() != 2) {
                throw new UserException(
                        "split divides the steps between two stages; for " + order.size() + " give stage-steps");
            }
            if (order.size() > 2 && stageSteps.isEmpty()) {
                throw new UserException("sequential with " + order.size()
                        + " objectives needs stage-steps: the steps of" + " each stage, in order");
            }
            if (stageSteps.stream().flatMap(List::stream).anyMatch(steps -> steps < 1)) {
                throw new UserException(
                        "stage-steps is " + stageSteps.get() + ", but every stage needs one step or more");
            }
        }

        /** Half of the steps on each of two objectives. */
        public Settings(List<String> order) {
            this(order, Optional.empty(), Optional.empty());
        }

        private static List<Integer> indices(List<String> order, List<String> objectives) {
            if (order.size() != objectives.size() || !new HashSet<>(order).equals(new HashSet<>(objectives))) {
                throw new UserException("the order is " + Suggestion.list(order)
                        + ", but it must name every objective once: " + Suggestion.list(objectives));
            }
            return order.stream().map(objectives::indexOf).toList();
        }

        /** Steps of each stage. */
        private List<Integer> stages(int steps) {
            if (stageSteps.isPresent()) {
                var given = stageSteps.get();
                var sum = given.stream().mapToLong(Integer::longValue).sum();
                if (given.size() != order.size() || sum != steps) {
                    throw new UserException("stage-steps is " + given + ", but must give the steps of each of the "
                            + order.size() + " stages, " + steps + " (train.steps) together");
                }
                return given;
            }
            if (order.size() == 1) {
                return List.of(steps);
            }
            var first = (int) Math.round(split.orElse(0.5) * steps);
            return List.of(first, steps - first);
        }

        @Override
        public MethodType type() {
            return TYPE;
        }

        @Override
        public Map<String, Object> settings() {
            var settings = new LinkedHashMap<String, Object>();
            settings.put(ORDER, order);
            split.ifPresent(share -> settings.put(SPLIT, share));
            stageSteps.ifPresent(steps -> settings.put(STAGE_STEPS, steps));
            return settings;
        }

        @Override
        public Method create(MethodContext context) {
            return new Sequential(indices(order, context.names()), stages(context.steps()));
        }

        @Override
        public StepWork work(List<String> objectives, int steps) {
            var shares = new double[objectives.size()];
            var indices = indices(order, objectives);
            var stages = stages(steps);
            for (var i = 0; i < shares.length; i++) {
                shares[indices.get(i)] = (double) stages.get(i) / steps;
            }
            return StepWork.alternating(shares);
        }

        @Override
        public boolean dependsOnLength() {
            return true;
        }

        @Override
        public String title() {
            return String.join(" then ", order);
        }
    }

    @Override
    public StepPlan plan(int step, LossProbe probe) {
        var stage = stage(step);
        var switched = step > 0 && stage != stage(step - 1);
        var begin = stageSteps.subList(0, stage).stream().mapToInt(n -> n).sum();
        return new StepPlan(
                List.of(new StepPlan.Term(order.get(stage), 1.0)),
                switched,
                Optional.empty(),
                Map.of(),
                Optional.of(new StepPlan.Stage(begin, Math.max(1, stageSteps.get(stage)))));
    }

    private int stage(int step) {
        var end = 0L;
        for (var stage = 0; stage < order.size(); stage++) {
            end += stageSteps.get(stage);
            if (step < end) {
                return stage;
            }
        }
        return lastStageWithSteps();
    }

    private int lastStageWithSteps() {
        var stage = order.size() - 1;
        while (stage > 0 && stageSteps.get(stage) == 0) {
            stage--;
        }
        return stage;
    }
}

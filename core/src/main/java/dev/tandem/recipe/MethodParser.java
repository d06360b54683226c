package dev.tandem.recipe;

import dev.tandem.recipe.MethodRecipe.Draws;
import dev.tandem.yaml.Printing;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code method}. */
final class MethodParser {
    private static final double SUM_SLACK = 1e-5;

    private final Section s;
    private final Set<String> objectives;
    private final int steps;

    /** @param objectives names in the recipe's order */
    MethodParser(Section section, Set<String> objectives, int steps) {
        this.s = section;
        this.objectives = objectives;
        this.steps = steps;
    }

    private enum Name {
        SEQUENTIAL,
        MIX,
        ALRIGHT,
        MAXRIGHT,
        OPTIMUM
    }

    MethodRecipe parse() {
        var name = s.required("name", n -> s.choice("name", n, Name.class));
        if (name != Name.OPTIMUM && objectives.size() < 2) {
            throw s.problem(
                    "name",
                    Section.kebab(name) + " needs two or more objectives, but there is one. To train one"
                            + " alone use {name: optimum, objective: "
                            + objectives.iterator().next() + "}");
        }
        var result = switch (name) {
            case SEQUENTIAL -> sequential();
            case MIX -> new MethodRecipe.Mix(lambda(), weights());
            case ALRIGHT -> new MethodRecipe.Alright(lambda(), weights(), draws());
            case MAXRIGHT -> new MethodRecipe.Maxright(lambda(), weights(), evaluateEvery(), evaluateOn(), smoothing());
            case OPTIMUM -> new MethodRecipe.Optimum(objective());
        };
        s.close();
        return result;
    }

    private MethodRecipe sequential() {
        var order = s.required("order", n -> s.list("order", n, item -> s.text("order", item)));
        if (order.size() != objectives.size() || !new HashSet<>(order).equals(objectives)) {
            throw s.problem("order", "it must name every objective once: " + String.join(", ", objectives));
        }
        var split = s.optional("split", n -> s.number("split", n, Range.INSIDE));
        var stageSteps = s.optional(
                "stage-steps", n -> s.list("stage-steps", n, i -> s.integer("stage-steps", i, 1, Integer.MAX_VALUE)));
        if (split.isPresent() && stageSteps.isPresent()) {
            throw s.problem("split", "give split or stage-steps, not both");
        }
        if (split.isPresent() && order.size() != 2) {
            throw s.problem("split", "it parts two stages; for " + order.size() + " give stage-steps");
        }
        stageSteps.ifPresent(this::checkStages);
        return new MethodRecipe.Sequential(order, split, stageSteps);
    }

    private void checkStages(List<Integer> stages) {
        var sum = stages.stream().mapToLong(Integer::longValue).sum();
        if (stages.size() != objectives.size() || sum != steps) {
            throw s.problem(
                    "stage-steps",
                    "it must give the steps of each of the " + objectives.size() + " stages, " + steps
                            + " (train.steps) together");
        }
    }

    private Optional<Double> lambda() {
        var lambda = s.optional("lambda", n -> s.number("lambda", n, Range.UNIT));
        if (lambda.isPresent() == s.has("weights")) {
            throw s.problem(
                    "lambda",
                    lambda.isPresent()
                            ? "give lambda or weights, not both"
                            : "the method needs lambda, the weight of the objective 'preference', or weights: {"
                                    + String.join(": …, ", objectives) + ": …}");
        }
        if (lambda.isPresent() && (objectives.size() != 2 || !objectives.contains("preference"))) {
            throw s.problem(
                    "lambda",
                    "it is the weight of the objective called 'preference' among two. Give weights: {"
                            + String.join(": …, ", objectives) + ": …} instead");
        }
        return lambda;
    }

    private Optional<Map<String, Double>> weights() {
        var weights = s.optional("weights", n -> s.map("weights", n, v -> s.number("weights", v, Range.UNIT)));
        if (weights.isPresent()) {
            if (!weights.get().keySet().equals(objectives)) {
                throw s.problem("weights", "it must give every objective a weight: " + String.join(", ", objectives));
            }
            var sum = weights.get().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            if (Math.abs(sum - 1) > SUM_SLACK) {
                throw s.problem("weights", "they must sum to 1, but sum to " + sum);
            }
        }
        return weights;
    }

    private Draws draws() {
        return s.optional("draws", n -> s.choice("draws", n, Draws.class)).orElse(Draws.BERNOULLI);
    }

    private int evaluateEvery() {
        return s.optional("evaluate-every", n -> s.integer("evaluate-every", n, 1, Integer.MAX_VALUE))
                .orElse(MethodRecipe.Maxright.EVALUATE_EVERY);
    }

    private MethodRecipe.Look evaluateOn() {
        return s.optional("evaluate-on", n -> s.choice("evaluate-on", n, MethodRecipe.Look.class))
                .orElse(MethodRecipe.Look.OTHER_BATCH);
    }

    private double smoothing() {
        return s.optional("smoothing", n -> s.number("smoothing", n, Range.BELOW_ONE))
                .orElse(MethodRecipe.Maxright.SMOOTHING);
    }

    private String objective() {
        var objective = s.required("objective", n -> s.text("objective", n));
        if (!objectives.contains(objective)) {
            throw s.problem(
                    "objective",
                    Printing.quoted(objective) + " is no objective of this recipe"
                            + Printing.suggestion(objective, objectives));
        }
        return objective;
    }
}

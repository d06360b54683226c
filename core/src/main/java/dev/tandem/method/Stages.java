package dev.tandem.method;

import dev.tandem.UserException;
import dev.tandem.recipe.MethodRecipe;
import java.util.HashSet;
import java.util.List;

/** Reads a recipe's stages into {@link Sequential}. */
final class Stages {
    private Stages() {}

    static Sequential of(MethodRecipe.Sequential recipe, List<String> names, int totalSteps) {
        var order = recipe.order().stream()
                .map(name -> Methods.index(name, names, "method.order"))
                .toList();
        if (order.size() != names.size() || new HashSet<>(order).size() != names.size()) {
            throw new UserException("method.order is " + Names.list(recipe.order())
                    + ", but must name every objective once: " + Names.list(names));
        }
        return new Sequential(order, steps(recipe, totalSteps));
    }

    private static List<Integer> steps(MethodRecipe.Sequential recipe, int totalSteps) {
        if (recipe.stageSteps().isPresent()) {
            if (recipe.split().isPresent()) {
                throw new UserException("method has both split and stage-steps, but they say the same: remove one");
            }
            return checked(recipe.stageSteps().get(), recipe.order().size(), totalSteps);
        }
        var stages = recipe.order().size();
        if (stages == 1) {
            return List.of(totalSteps);
        }
        if (stages != 2) {
            throw new UserException("sequential with " + stages + " objectives needs method.stage-steps: the steps of"
                    + " each stage, in order (split is for two objectives)");
        }
        var split = recipe.split().orElse(0.5);
        if (!(split >= 0.0 && split <= 1.0)) {
            throw new UserException(
                    "method.split is " + split + ", but is the first stage's share of the steps: between 0 and 1");
        }
        var first = (int) Math.round(split * totalSteps);
        return List.of(first, totalSteps - first);
    }

    private static List<Integer> checked(List<Integer> stageSteps, int stages, int totalSteps) {
        if (stageSteps.size() != stages) {
            throw new UserException("method.stage-steps has " + stageSteps.size() + " numbers, but method.order has "
                    + stages + " stages");
        }
        if (stageSteps.stream().anyMatch(steps -> steps < 0)) {
            throw new UserException("method.stage-steps is " + stageSteps + ", but a stage cannot have fewer than 0");
        }
        var sum = stageSteps.stream().mapToLong(Integer::longValue).sum();
        if (sum != totalSteps) {
            throw new UserException("method.stage-steps " + stageSteps + " sum to " + sum + ", but train.steps is "
                    + totalSteps + ": make them equal");
        }
        return stageSteps;
    }
}

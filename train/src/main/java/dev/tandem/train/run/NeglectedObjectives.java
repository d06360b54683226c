package dev.tandem.train.run;

import dev.tandem.method.MethodRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Warns once, after a tenth of a run, of objectives that the method could have chosen and never did. Objectives that would
 * hardly have been chosen yet are left out: those with fewer than {@link #MIN_EXPECTED} expected steps.
 */
final class NeglectedObjectives implements TrainingListener {
    private static final int PART = 10;
    private static final double MIN_EXPECTED = 5.0;

    private final Set<String> waiting = new HashSet<>();
    private final int steps;
    private final int checkedAfter;
    private final String method;
    private final Consumer<String> messages;

    /**
     * @param begun steps done before; what they were on is not known, so that a resumed run is watched from its start only
     * @param messages receives the warning
     */
    NeglectedObjectives(Recipe recipe, int begun, Consumer<String> messages) {
        this.messages = messages;
        this.steps = recipe.train().steps();
        this.checkedAfter = (steps + PART - 1) / PART;
        this.method = recipe.method().type().name();
        if (begun == 0) {
            waiting.addAll(
                    expected(recipe.method(), List.copyOf(recipe.objectives().keySet())));
        }
    }

    private List<String> expected(MethodRecipe recipe, List<String> objectives) {
        var result = new ArrayList<String>();
        if (recipe.choosesEveryStep()) {
            var passes = recipe.work(objectives, steps).passes();
            for (var i = 0; i < passes.length; i++) {
                if (passes[i] * checkedAfter >= MIN_EXPECTED) {
                    result.add(objectives.get(i));
                }
            }
        }
        return result;
    }

    @Override
    public void onStep(StepEvent event) {
        waiting.removeAll(event.losses().keySet());
        if (event.step() + 1 == checkedAfter && !waiting.isEmpty()) {
            messages.accept("Warning: after " + checkedAfter + " of " + steps + " steps, " + method
                    + " has not chosen "
                    + String.join(", ", waiting.stream().sorted().toList())
                    + ". Check the objectives' optimum and weight, or choose another method.");
        }
    }
}

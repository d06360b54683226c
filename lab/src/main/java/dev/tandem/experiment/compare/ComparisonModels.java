package dev.tandem.experiment.compare;

import dev.tandem.experiment.benchmark.ComparedModels;
import dev.tandem.experiment.benchmark.Subject;
import dev.tandem.experiment.compare.ComparisonRun.Role;
import dev.tandem.recipe.ComparisonRecipe;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.train.folder.TrainedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Locates the models of a comparison, also before they are trained. */
final class ComparisonModels {
    private final ComparisonRecipe recipe;
    private final ComparisonRecipes recipes;
    private final ComparisonFolder folder;

    ComparisonModels(ComparisonRecipe recipe, ComparisonRecipes recipes, ComparisonFolder folder) {
        this.recipe = recipe;
        this.recipes = recipes;
        this.folder = folder;
    }

    /** The model that a run produces. */
    TrainedModel trained(ComparisonRun run) {
        var runRecipe = recipes.of(run, Map.of());
        var trained = folder.run(run).finalModel();
        return runRecipe.lora().isPresent()
                ? new TrainedModel(runRecipe.model(), Optional.of(trained))
                : new TrainedModel(trained, Optional.empty());
    }

    /** A run as a subject of benchmarks. */
    Subject subject(ComparisonRun run) {
        return new Subject(run.name(), trained(run), folder.run(run).root());
    }

    /** The model that all runs start from. */
    Subject base() {
        var base = recipe.base();
        return new Subject(
                "base", new TrainedModel(base.model(), base.lora().flatMap(LoraRecipe::initFrom)), folder.base());
    }

    /** The reference policy: trained here, given, or the base. */
    Subject reference() {
        var run = plannedOnes(Role.REFERENCE).stream().findFirst();
        if (run.isPresent()) {
            return subject(run.orElseThrow());
        }
        var given = recipe.base().reference();
        return given.map(g -> new Subject(
                        "reference",
                        new TrainedModel(g.model().orElse(recipe.base().model()), g.adapter()),
                        folder.givenReference()))
                .orElseGet(this::base);
    }

    private List<ComparisonRun> plannedOnes(Role role) {
        return ComparisonPlan.of(recipe).of(role);
    }

    /** All models that benchmarks measure before the methods' runs, each once. */
    List<Subject> beforeMethods() {
        var result = new ArrayList<Subject>();
        result.add(base());
        if (!reference().equals(base())) {
            result.add(reference());
        }
        plannedOnes(Role.OPTIMUM).forEach(run -> result.add(subject(run)));
        return result;
    }

    /** The models that benchmarks need beside the one that they measure. */
    ComparedModels compared() {
        var preferring = plannedOnes(Role.OPTIMUM).stream()
                .filter(run -> run.kind().equals("optimum-" + ComparisonRecipe.PREFERENCE))
                .findFirst()
                .orElseThrow();
        return ComparedModels.of(base(), reference(), subject(preferring), recipe.base());
    }
}

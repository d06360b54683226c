package dev.tandem.train.run;

import dev.tandem.UserException;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.RecipeChanges;
import dev.tandem.recipe.RecipeChanges.Change;
import dev.tandem.recipe.RecipeChanges.Effect;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.recipe.Registry;
import dev.tandem.train.checkpoint.CheckpointStore;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.loop.TrainingState;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Whether a run can continue with the recipe it is given now. */
final class Resumption {
    private Resumption() {}

    /**
     * Checks this before anything is loaded.
     *
     * @param registry what the recipe that the run was begun with may name
     * @param own parts that are the program's, not the recipe's
     * @param messages receives which keys have changed
     * @throws UserException if there is no checkpoint, or the recipe or other parts would make it another run
     */
    static void check(
            RunDirectory directory, Recipe recipe, Registry registry, List<String> own, Consumer<String> messages) {
        if (CheckpointStore.newest(directory.checkpoints()).isEmpty()) {
            throw new UserException(
                    Files.exists(directory.summary())
                            ? directory.root()
                                    + " holds a finished run without a checkpoint, because train.checkpoint-every"
                                    + " was longer than the run. Choose another output for another run."
                            : directory.checkpoints()
                                    + " holds no checkpoint to resume from. Omit --resume to start a new run.");
        }
        if (!Files.exists(directory.recipe())) {
            messages.accept("Warning: " + directory.recipe()
                    + " is missing, so it is unknown whether the run was begun with this recipe.");
            return;
        }
        var begunWith = RunComponents.noted(directory.recipe());
        if (!begunWith.equals(own)) {
            throw new UserException(directory.root() + " was begun with " + parts(begunWith)
                    + ", and would continue with "
                    + parts(own) + ". Resume it from the program that began it, or give another output to start a new"
                    + " run.");
        }
        var changes = RecipeChanges.between(RecipeReader.read(directory.recipe(), List.of(), registry), recipe);
        var refused = changes.of(Effect.ANOTHER_RUN);
        if (!refused.isEmpty()) {
            throw new UserException(directory.root() + " was begun with another recipe (" + directory.recipe()
                    + "). These keys would make it another run:\n" + lines(refused)
                    + "\nRestore them to continue, or give another output to start a new run." + why(refused));
        }
        tell(changes, messages);
    }

    private static void tell(RecipeChanges changes, Consumer<String> messages) {
        var free = changes.of(Effect.SAME_RUN, Effect.ANOTHER_END);
        if (!free.isEmpty()) {
            messages.accept("Changed since the run began:\n" + lines(free));
        }
        var digits = changes.of(Effect.LAST_DIGITS);
        if (!digits.isEmpty()) {
            messages.accept("Warning: changed since the run began:\n" + lines(digits)
                    + "\nThe run continues, but its last bits will differ from those of a run that was never stopped.");
        }
    }

    /**
     * Checks that there is something left to do.
     *
     * @throws UserException if the checkpoint is beyond the recipe's last step
     */
    static void requireSteps(TrainingState state, Recipe recipe) {
        var steps = recipe.train().steps();
        if (state.step() > steps) {
            throw new UserException("train.steps is " + steps + ", but the checkpoint is after " + state.step()
                    + " steps. Give at least as many.");
        }
    }

    private static String parts(List<String> own) {
        return own.isEmpty() ? "the recipe's own objectives and method" : "a program's " + String.join(", ", own);
    }

    private static String lines(List<Change> changes) {
        return changes.stream().map(change -> "  " + change).collect(Collectors.joining("\n"));
    }

    private static String why(List<Change> refused) {
        return refused.stream().anyMatch(change -> change.key().equals("train.steps"))
                ? " train.steps can change only with optimizer.schedule: constant and a method without stages: otherwise"
                        + " the steps already done would have been others."
                : "";
    }
}

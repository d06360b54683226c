package dev.tandem.train.run;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.math.Seeds;
import dev.tandem.method.Method;
import dev.tandem.method.MethodContext;
import dev.tandem.objective.Objective;
import dev.tandem.recipe.Losses;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.Registry;
import dev.tandem.train.run.TrainingRun.MethodFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts that a program supplies to a run in place of the recipe's.
 *
 * @param objectives losses by objective name
 * @param method makes the method
 * @param registry what recipes in run folders may name
 */
public record RunOverrides(Map<String, Objective> objectives, Optional<MethodFactory> method, Registry registry) {
    /** No overrides: all parts are the recipe's. */
    public static final RunOverrides NONE = new RunOverrides(Map.of(), Optional.empty(), Registry.standard());

    public RunOverrides {
        objectives = new LinkedHashMap<>(objectives);
    }

    RunOverrides with(String name, Objective objective) {
        var all = new LinkedHashMap<>(objectives);
        all.put(name, objective);
        return new RunOverrides(all, method, registry);
    }

    RunOverrides with(MethodFactory newMethod) {
        return new RunOverrides(objectives, Optional.of(newMethod), registry);
    }

    RunOverrides with(Registry newRegistry) {
        return new RunOverrides(objectives, method, newRegistry);
    }

    /**
     * The parts of one run.
     *
     * @throws UserException if an objective is not one of the recipe's, or does not fit the rows that are read for it
     */
    RunComponents of(Recipe recipe) {
        var made = method(recipe);
        var note = new LinkedHashMap<String, Object>();
        method.ifPresent(factory -> note.put("method", made));
        objectives.forEach((name, own) -> note.put("objective " + name, own));
        return new RunComponents(losses(recipe), made, RunComponents.names(note));
    }

    /**
     * The loss of every objective, by name.
     *
     * @throws UserException as {@link #of}
     */
    public Map<String, Objective> losses(Recipe recipe) {
        objectives.forEach((name, own) -> check(recipe, name, own));
        var result = new LinkedHashMap<String, Objective>();
        recipe.objectives()
                .forEach((name, described) -> result.put(
                        name,
                        Optional.ofNullable(objectives.get(name))
                                .orElseGet(() -> described.loss().objective())));
        return result;
    }

    private void check(Recipe recipe, String name, Objective own) {
        var described = recipe.objectives().get(name);
        if (described == null) {
            throw new UserException("This program supplies a loss for the objective " + name + ", but the recipe has "
                    + String.join(", ", recipe.objectives().keySet())
                    + ". Name one of these, or add it to the recipe's objectives.");
        }
        var read = described.shape();
        if (own.shape() != read) {
            throw new UserException("Objective " + name + ": the program's loss takes "
                    + example(own.shape()) + " an example, but with loss: "
                    + described.loss().name() + " the recipe reads " + example(read)
                    + ". " + advice(own.shape()));
        }
    }

    private String advice(RowShape shape) {
        var losses = Losses.names(registry.losses(), shape);
        return losses.isEmpty() ? "No loss of a recipe takes that." : "Write loss: " + losses + " in the recipe.";
    }

    private static String example(RowShape shape) {
        return switch (shape) {
            case RESPONSE -> "one response";
            case PAIR -> "2 responses";
            case LABELLED -> "one labelled response";
            case PROMPT -> "one prompt";
        };
    }

    /**
     * Refuses to begin a run whose method decides by gaps to optima that the recipe does not give.
     *
     * @throws UserException naming the objectives without an optimum
     */
    void requireOptima(Recipe recipe) {
        if (method.isPresent() || !recipe.method().needsOptima()) {
            return;
        }
        var unknown = recipe.objectives().entrySet().stream()
                .filter(objective -> objective.getValue().optimum().isEmpty())
                .map(objective -> "objectives." + objective.getKey() + ".optimum")
                .toList();
        if (!unknown.isEmpty()) {
            throw new UserException("method.name: " + recipe.method().type().name()
                    + " steps on the objective that is furthest from its optimum, and the recipe does not say "
                    + String.join(" and ", unknown) + ". Give the evaluation loss that each objective reaches alone;"
                    + " tandem compare measures them. To compare the losses themselves, write optimum: 0.");
        }
    }

    private Method method(Recipe recipe) {
        var names = List.copyOf(recipe.objectives().keySet());
        var optima = recipe.objectives().values().stream()
                .mapToDouble(objective -> objective.optimum().orElse(0.0))
                .toArray();
        return method.map(factory -> factory.create(names, optima))
                .orElseGet(() -> recipe.method()
                        .create(new MethodContext(
                                names,
                                optima,
                                recipe.train().steps(),
                                Seeds.of(recipe.train().seed(), "method"))));
    }
}

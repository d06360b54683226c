package dev.tandem.bench;

import dev.tandem.method.MethodRecipe;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.stage.Sequential;
import dev.tandem.recipe.Methods;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.util.List;
import java.util.Optional;

/** The methods that are measured against each other: all that take weights, with the same for both objectives. */
final class BenchMethods {
    /** Trains both objectives one step at a time and does nothing else. The others are compared with it. */
    static final String BASELINE = Sequential.TYPE.name();

    /** Steps after which a method that probes losses does so again. */
    static final int PERIOD = 10;

    /** Each method uses the keys that it has. Balanced draws fill a round of few steps with both objectives. */
    private static final String SETTINGS = "{draws: balanced, evaluate-every: " + PERIOD + "}";

    /** By name, in the order of reports. */
    static final List<String> NAMES = Methods.TYPES.stream()
            .map(type -> type.name())
            .filter(name -> of(name, 2).isPresent())
            .toList();

    private BenchMethods() {}

    /** A method for a number of steps; absent if none that takes weights has the name. */
    static Optional<MethodRecipe> of(String name, int steps) {
        var weights = ObjectiveWeights.ofPreference(BenchTasks.OBJECTIVES, 0.5);
        var settings = Section.root("bench", YamlReader.read(SETTINGS, "bench"));
        return Methods.TYPES.stream()
                .filter(type -> type.name().equals(name))
                .findFirst()
                .flatMap(type -> type.weighted(settings, weights, steps));
    }
}

package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.ObjectiveWeights;
import dev.tandem.method.stage.Sequential;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads {@code compare.methods}: names, or sections with settings. The weights are the comparison's. */
final class ComparedMethods {
    static final String NAME = "name";
    static final String AS = "as";

    /** Sequential beginning with the instructions, and with the preferences: times are compared with theirs. */
    static final List<String> ORDERED = List.of("sequential-sft-first", "sequential-preference-first");

    /** The methods of arXiv 2410.15483. */
    private static final List<String> USUAL = Stream.concat(ORDERED.stream(), Stream.of("mix", "alright", "maxright"))
            .toList();

    /**
     * Settings that used to be beside the methods. They apply to each method that has them and does not set them itself.
     */
    private static final Set<String> SHARED =
            Set.of("probe-every", "probe", "evaluate-every", "evaluate-on", "smoothing", "draws");

    private static final String METHODS = "methods";
    private static final String NAMES = "[a-z0-9][a-z0-9._-]{0,63}";

    private final Section s;
    private final Section shared;
    private final Map<String, MethodType> types = new LinkedHashMap<>();
    private final List<String> order;
    private final List<String> objectives;
    private final List<Double> lambdas;
    private final int steps;

    /**
     * @param section the compare section
     * @param instructions name of the objective beside {@code preference}
     * @param run what all runs share
     */
    ComparedMethods(Section section, Registry registry, String instructions, Recipe run, List<Double> lambdas) {
        this.s = section;
        this.shared = section.only(SHARED);
        this.order = List.of(instructions, ObjectiveWeights.PREFERENCE);
        this.objectives = List.copyOf(run.objectives().keySet());
        this.lambdas = lambdas;
        this.steps = run.train().steps();
        registry.methods().forEach(type -> types.put(type.name(), type));
    }

    /** @throws dev.tandem.UserException if a method is unknown or not to be weighed, or a setting is wrong */
    List<ComparedMethod> parse() {
        checkShared();
        return s.optional(METHODS, n -> s.list(METHODS, n, this::method))
                .orElseGet(() -> USUAL.stream()
                        .map(name -> method(new YamlNode.Scalar(name, false, 0)))
                        .toList());
    }

    /** They are checked even where no compared method has them. */
    private void checkShared() {
        var none = s.only(Set.of()).withDefaults(shared);
        types.values().forEach(type -> type.weighted(none, weights(lambdas.get(0)), steps));
        shared.close();
    }

    private ComparedMethod method(YamlNode node) {
        if (node instanceof YamlNode.Mapping) {
            var section = s.mapping(METHODS, node).withDefaults(shared);
            var type = section.required(NAME, n -> section.registered(NAME, n, types));
            var name = section.optional(AS, n -> name(section, n)).orElse(type.name());
            var result = weighed(name, type, section);
            section.close();
            return result;
        }
        var choices = new LinkedHashMap<String, Function<String, ComparedMethod>>();
        ORDERED.forEach(name -> choices.put(name, this::ordered));
        types.forEach((name, type) -> choices.put(name, n -> weighed(n, type, settings(Map.of()))));
        return s.registered(METHODS, node, choices).apply(s.text(METHODS, node));
    }

    private static String name(Section section, YamlNode node) {
        var name = section.text(AS, node);
        if (!name.matches(NAMES) || name.equals("reference") || name.startsWith("optimum-")) {
            throw section.problem(
                    AS,
                    node,
                    "small letters, digits, '-', '_' and '.' are expected, and neither reference nor optimum-…");
        }
        return name;
    }

    private ComparedMethod ordered(String name) {
        var stages = name.equals(ORDERED.get(0)) ? order : List.of(order.get(1), order.get(0));
        List<YamlNode> items = List.copyOf(stages.stream()
                .map(stage -> new YamlNode.Scalar(stage, true, 0))
                .toList());
        return weighed(name, Sequential.TYPE, settings(Map.of("order", new YamlNode.Sequence(items, 0))));
    }

    private Section settings(Map<String, YamlNode> entries) {
        return s.mapping(METHODS, new YamlNode.Mapping(new LinkedHashMap<>(entries), 0))
                .withDefaults(shared);
    }

    private ComparedMethod weighed(String name, MethodType type, Section section) {
        for (var key : type.weightKeys()) {
            if (section.has(key)) {
                throw section.problem(key, "the weights of a comparison are its lambdas");
            }
        }
        var byLambda = new LinkedHashMap<Double, MethodRecipe>();
        for (var lambda : lambdas) {
            byLambda.put(
                    lambda,
                    type.weighted(section, weights(lambda), steps)
                            .orElseThrow(() ->
                                    s.problem(METHODS, type.name() + " has no weights, and a comparison varies them")));
        }
        return new ComparedMethod(name, byLambda);
    }

    private ObjectiveWeights weights(double lambda) {
        return ObjectiveWeights.ofPreference(objectives, lambda);
    }
}

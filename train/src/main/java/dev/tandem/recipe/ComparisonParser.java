package dev.tandem.recipe;

import dev.tandem.data.example.RowShape;
import dev.tandem.recipe.ComparisonRecipe.Answers;
import dev.tandem.recipe.ComparisonRecipe.Policy;
import dev.tandem.recipe.ComparisonRecipe.Reference;
import dev.tandem.train.track.JsonLinesTracker;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads {@code compare}. */
final class ComparisonParser {
    private static final int ANSWER_PROMPTS = 3;
    private static final int ANSWER_TOKENS = 64;

    private final Section s;
    private final Section root;
    private final Recipe run;
    private final Registry registry;

    /**
     * @param section the compare section
     * @param root the whole recipe
     * @param run all else in it
     * @param registry what it may name
     */
    ComparisonParser(Section section, Section root, Recipe run, Registry registry) {
        this.s = section;
        this.root = root;
        this.run = run;
        this.registry = registry;
    }

    ComparisonRecipe parse() {
        var instructions = instructions();
        requireMetrics();
        var lambdas = distinct("lambdas", lambdas());
        var seeds = s.optional(
                        "seeds",
                        n -> s.list("seeds", n, v -> s.longInteger("seeds", v, Long.MIN_VALUE, Long.MAX_VALUE)))
                .orElse(List.of(run.train().seed()));
        var result = new ComparisonRecipe(
                run,
                instructions,
                methods(instructions, lambdas),
                lambdas,
                distinct("seeds", seeds),
                reference(),
                s.optional("optimum-steps", n -> s.integer("optimum-steps", n, 1, Integer.MAX_VALUE))
                        .orElse(run.train().steps()),
                hypervolumeReference(),
                s.optional("answers", n -> answers(s.mapping("answers", n)))
                        .orElse(new Answers(ANSWER_PROMPTS, ANSWER_TOKENS)),
                s.optional("benchmarks", n -> benchmarks(instructions, s.mapping("benchmarks", n)))
                        .orElse(Map.of()));
        s.close();
        checkSeeds(result);
        return result;
    }

    /** Name of the objective beside {@code preference}. */
    private String instructions() {
        var objectives = run.objectives();
        var preference = Optional.ofNullable(objectives.get(ComparisonRecipe.PREFERENCE));
        var others = objectives.entrySet().stream()
                .filter(e -> e.getValue().shape() == RowShape.RESPONSE)
                .map(Map.Entry::getKey)
                .toList();
        if (objectives.size() != 2
                || others.size() != 1
                || preference.filter(o -> o.shape() == RowShape.PAIR).isEmpty()) {
            throw root.problem(
                    "objectives",
                    "a comparison is between two: one with loss: "
                            + Losses.names(registry.losses(), RowShape.RESPONSE)
                            + ", and one called preference with loss: "
                            + Losses.names(registry.losses(), RowShape.PAIR) + ". This recipe has "
                            + String.join(", ", objectives.keySet()));
        }
        return others.get(0);
    }

    private void requireMetrics() {
        if (run.trackers().stream().noneMatch(tracker -> tracker.type() == JsonLinesTracker.TYPE)) {
            throw root.problem(
                    "trackers",
                    "a comparison reads the metrics that its runs write: add " + JsonLinesTracker.TYPE.name()
                            + " to the list, or leave the key out");
        }
    }

    private List<ComparedMethod> methods(String instructions, List<Double> lambdas) {
        var methods = new ComparedMethods(s, registry, instructions, run, lambdas).parse();
        distinct("methods", methods.stream().map(ComparedMethod::name).toList());
        return methods;
    }

    private List<Double> lambdas() {
        return s.optional("lambdas", n -> s.list("lambdas", n, l -> s.number("lambdas", l, Range.INSIDE)))
                .orElse(List.of(0.25, 0.5, 0.75));
    }

    private <T> List<T> distinct(String key, List<T> values) {
        if (new HashSet<>(values).size() < values.size()) {
            throw s.problem(key, "every value may be given only once");
        }
        return values;
    }

    private Reference reference() {
        var section = s.sectionOrEmpty("reference");
        var policy = section.optional("policy", n -> section.choice("policy", n, Policy.class))
                .orElse(run.reference().isPresent() ? Policy.GIVEN : Policy.CHOSEN);
        if ((policy == Policy.GIVEN) != run.reference().isPresent()) {
            throw section.problem(
                    "policy",
                    run.reference().isPresent()
                            ? "the recipe names a reference of its own: omit one of the two"
                            : "given means the recipe's own reference, but it names none: chosen, sft or model is"
                                    + " expected");
        }
        var result = new Reference(
                policy,
                section.optional("steps", n -> section.integer("steps", n, 1, Integer.MAX_VALUE))
                        .orElse(run.train().steps()),
                section.optional("learning-rate", n -> section.number("learning-rate", n, Range.POSITIVE))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                section.optional("start", n -> section.flag("start", n)).orElse(policy == Policy.CHOSEN));
        if (policy == Policy.GIVEN && result.start()) {
            throw section.problem(
                    "start",
                    "runs start from a reference that the comparison trains; name the given one as model instead");
        }
        if (policy == Policy.CHOSEN && !preference().data().readableAs(RowShape.RESPONSE)) {
            throw section.problem(
                    "policy",
                    "rows of format " + preference().data().format().name()
                            + " hold no chosen answers that could be trained"
                            + " alone: use sft or model, or name a reference");
        }
        section.close();
        return result;
    }

    private ObjectiveRecipe preference() {
        return Optional.ofNullable(run.objectives().get(ComparisonRecipe.PREFERENCE))
                .orElseThrow();
    }

    private Optional<Map<String, Double>> hypervolumeReference() {
        var key = "hypervolume-reference";
        var given = s.optional(key, n -> s.map(key, n, v -> s.number(key, v, Range.ANY)));
        if (given.filter(g -> !g.keySet().equals(run.objectives().keySet())).isPresent()) {
            throw s.problem(
                    key,
                    "a loss of every objective is expected: "
                            + String.join(", ", run.objectives().keySet()));
        }
        return given;
    }

    private Map<String, BenchmarkRecipe> benchmarks(String instructions, Section section) {
        var objective = Optional.ofNullable(run.objectives().get(instructions)).orElseThrow();
        return new BenchmarkParser(objective.data(), registry.formats()).parse(section);
    }

    private static Answers answers(Section section) {
        var result = new Answers(
                section.optional("prompts", n -> section.integer("prompts", n, 0, 100))
                        .orElse(ANSWER_PROMPTS),
                section.optional("tokens", n -> section.integer("tokens", n, 1, 4096))
                        .orElse(ANSWER_TOKENS));
        section.close();
        return result;
    }

    /** Held-out rows depend on the seed: with several, one run would train on what another is measured by. */
    private void checkSeeds(ComparisonRecipe recipe) {
        if (recipe.seeds().size() < 2) {
            return;
        }
        run.objectives().forEach((name, objective) -> {
            if (objective.data().evalSources().isEmpty()) {
                throw s.problem(
                        "seeds",
                        "with several seeds every objective needs eval-data, for which rows are held out depends on the"
                                + " seed; objectives." + name + " has none");
            }
        });
    }
}

package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.recipe.OptimizerRecipe.Schedule;
import dev.tandem.recipe.TrainRecipe.EarlyStop;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.text.Suggestion;
import dev.tandem.train.track.OnWriteFailure;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads a whole recipe. */
final class RecipeParser {
    static final String INIT_FROM = "init-from";

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final String DEVICE = "auto|cpu|cuda(:[0-9]{1,3})?";

    private final Section root;
    private final Registry registry;

    /** @param registry what the recipe may name */
    RecipeParser(Section root, Registry registry) {
        this.root = root;
        this.registry = registry;
    }

    /** A run. The {@code compare} section is left to {@link #parseComparison}. */
    Recipe parse() {
        return parse(Optional.of(root.section("method")));
    }

    /** A comparison. The method that the recipe may name for single runs is checked and ignored. */
    ComparisonRecipe parseComparison() {
        var compare = root.sectionOrEmpty("compare");
        var run = parse(root.optional("method", n -> root.mapping("method", n)));
        return new ComparisonParser(compare, root, run.withMethod(noMethod(run.objectives())), registry).parse();
    }

    private Recipe parse(Optional<Section> methodSection) {
        root.has("compare");
        var model = root.required("model", n -> root.source("model", n));
        var reference = root.optional("reference", n -> reference(root.mapping("reference", n)));
        var objectives = objectives(root.section("objectives"));
        var lora = root.optional("lora", n -> lora(root.mapping("lora", n)));
        var optimizer = optimizer(root.sectionOrEmpty("optimizer"));
        var train = train(root.section("train"), objectives.size());
        var output = root.required("output", n -> root.path("output", n));
        var cache = cache(output);
        var trackers = new TrackersParser(root, registry.trackers()).parse();
        root.close();
        var method = methodSection
                .map(s -> Methods.parse(registry.methods(), s, List.copyOf(objectives.keySet()), train.steps()))
                .orElseGet(() -> noMethod(objectives));
        return new Recipe(model, reference, method, objectives, lora, optimizer, train, output, cache, trackers);
    }

    /** The method of a comparison's base, where all methods will be run. */
    private static MethodRecipe noMethod(Map<String, ObjectiveRecipe> objectives) {
        return new SingleObjective.Settings(objectives.keySet().iterator().next());
    }

    /** {@code cache: none} or a folder; by default {@code .tandem-cache} beside the run directory. */
    private Optional<Path> cache(Path output) {
        return root.optional("cache", n -> root.path("cache", n))
                .map(path -> path.toString().equals("none") ? Optional.<Path>empty() : Optional.of(path))
                .orElseGet(() -> Optional.of(output.resolveSibling(".tandem-cache")));
    }

    private static ReferenceRecipe reference(Section s) {
        var result = new ReferenceRecipe(
                s.optional("model", n -> s.source("model", n)), s.optional("adapter", n -> s.source("adapter", n)));
        if (result.model().isEmpty() && result.adapter().isEmpty()) {
            throw s.problem("model", "a reference needs a model, an adapter, or both");
        }
        s.close();
        return result;
    }

    private Map<String, ObjectiveRecipe> objectives(Section s) {
        var result = new LinkedHashMap<String, ObjectiveRecipe>();
        for (var name : s.keys()) {
            if (!name.matches(NAME)) {
                throw s.problem(
                        Suggestion.quoted(name).replace("'", ""),
                        "an objective's name has letters, digits, '-', '_' and '.', and at most 64 of them");
            }
            result.put(name, new ObjectiveParser(name, s.section(name), registry).parse());
        }
        if (result.isEmpty()) {
            throw s.problem("sft", "there must be an objective");
        }
        return result;
    }

    private static LoraRecipe lora(Section s) {
        s.renamed("from", INIT_FROM);
        var from = s.optional(INIT_FROM, n -> s.source(INIT_FROM, n));
        var rank = s.optional("rank", n -> OptionalInt.of(s.integer("rank", n, 1, 65_536)))
                .orElseGet(OptionalInt::empty);
        if (rank.isEmpty() && from.isEmpty()) {
            throw s.problem("rank", "it is missing: the rank of the adapter's matrices, 16 say");
        }
        var usualAlpha = rank.isPresent() ? OptionalDouble.of(rank.getAsInt()) : OptionalDouble.empty();
        var result = new LoraRecipe(
                rank,
                s.optional("alpha", n -> OptionalDouble.of(s.number("alpha", n, Range.POSITIVE)))
                        .orElse(usualAlpha),
                s.optional("dropout", n -> s.number("dropout", n, Range.BELOW_ONE))
                        .orElse(0.0),
                s.optional("targets", n -> s.list("targets", n, t -> s.text("targets", t)))
                        .orElse(from.isPresent() ? List.of() : LoraRecipe.ALL_LINEAR),
                from);
        s.close();
        return result;
    }

    private static OptimizerRecipe optimizer(Section s) {
        var betas = s.optional("betas", n -> s.list("betas", n, b -> s.number("betas", b, Range.BELOW_ONE)))
                .orElse(List.of(0.9, 0.95));
        if (betas.size() != 2) {
            throw s.problem("betas", "two numbers are expected, as in [0.9, 0.95]");
        }
        var result = new OptimizerRecipe(
                s.number("learning-rate", Range.POSITIVE, 5e-5),
                betas,
                s.number("eps", Range.POSITIVE, 1e-8),
                s.number("weight-decay", Range.NOT_NEGATIVE, 0),
                s.number("max-grad-norm", Range.NOT_NEGATIVE, 1),
                s.optional("schedule", n -> s.choice("schedule", n, Schedule.class))
                        .orElse(Schedule.CONSTANT),
                integer(s, "warmup-steps", 0, 0));
        s.close();
        return result;
    }

    private static TrainRecipe train(Section s, int objectives) {
        var device = s.optional("device", n -> s.text("device", n)).orElse("auto");
        if (!device.matches(DEVICE)) {
            throw s.problem(
                    "device", "auto, cpu, cuda or cuda:n is expected, but this is " + Suggestion.quoted(device));
        }
        s.renamed("max-skipped-steps", "max-consecutive-skips")
                .renamed("on-full-disk", "on-write-failure")
                .renamed("head-chunk", "head-tile-tokens");
        var result = new TrainRecipe(
                s.required("steps", n -> s.integer("steps", n, 1, Integer.MAX_VALUE)),
                device,
                s.optional("precision", n -> s.choice("precision", n, Precision.class))
                        .orElse(Precision.FP32),
                s.optional("seed", n -> s.longInteger("seed", n, Long.MIN_VALUE, Long.MAX_VALUE))
                        .orElse(42L),
                integer(s, "evaluate-every", 0, 100),
                integer(s, "eval-batch-size", 1, 8),
                integer(s, "checkpoint-every", 0, 500),
                integer(s, "max-consecutive-skips", 0, 5),
                integer(s, "keep-checkpoints", 1, 2),
                s.optional("on-write-failure", n -> s.choice("on-write-failure", n, OnWriteFailure.class))
                        .orElse(OnWriteFailure.STOP),
                count(s, "threads"),
                count(s, "head-tile-tokens"),
                count(s, "micro-batch-tokens"),
                s.optional("checkpoint-activations", n -> s.flag("checkpoint-activations", n))
                        .orElse(false),
                s.optional("zero-stage", n -> ZeroStage.of(s.integer("zero-stage", n, 0, ZeroStage.MAX_NUMBER)))
                        .orElse(ZeroStage.NOTHING),
                s.optional("shared-prompts", n -> s.flag("shared-prompts", n)).orElse(true),
                s.optional("early-stop", n -> earlyStop(s.mapping("early-stop", n), objectives)));
        s.close();
        return result;
    }

    private static EarlyStop earlyStop(Section s, int objectives) {
        var gap = s.optional("gap", n -> s.number("gap", n, Range.ANY));
        var front = s.optional("front", n -> s.list("front", n, p -> point(s, p, objectives)));
        if (gap.isEmpty() && front.isEmpty()) {
            throw s.problem("gap", "early-stop needs a gap, a front, or both");
        }
        s.close();
        return new EarlyStop(gap.map(OptionalDouble::of).orElse(OptionalDouble.empty()), front.orElse(List.of()));
    }

    private static List<Double> point(Section s, YamlNode node, int objectives) {
        var point = s.list("front", node, v -> s.number("front", v, Range.ANY));
        if (!(node instanceof YamlNode.Sequence) || point.size() != objectives) {
            throw s.problem(
                    "front", node, "a point is a list of " + objectives + " losses, one per objective in order");
        }
        return point;
    }

    private static int integer(Section s, String key, int least, int fallback) {
        return s.integer(key, least, Integer.MAX_VALUE, fallback);
    }

    private static OptionalInt count(Section s, String key) {
        Optional<Integer> value = s.optional(key, n -> s.integer(key, n, 1, Integer.MAX_VALUE));
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}

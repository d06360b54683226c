package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import dev.tandem.text.KebabCase;
import dev.tandem.train.track.TrackerRecipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Writes recipes as YAML, every default spelt out. */
final class RecipeWriter {
    private RecipeWriter() {}

    static String write(Recipe recipe) {
        return dump(root(recipe));
    }

    static String write(ComparisonRecipe recipe) {
        var map = root(recipe.base());
        // a comparison runs all methods
        map.remove("method");
        map.put("compare", compare(recipe));
        return dump(map);
    }

    private static Map<String, Object> compare(ComparisonRecipe recipe) {
        var map = new LinkedHashMap<String, Object>();
        map.put(
                "methods",
                recipe.methods().stream().map(ComparedMethod::written).toList());
        map.put("lambdas", recipe.lambdas());
        map.put("seeds", recipe.seeds());
        var reference = new LinkedHashMap<String, Object>();
        reference.put("policy", KebabCase.of(recipe.reference().policy()));
        reference.put("steps", recipe.reference().steps());
        recipe.reference().learningRate().ifPresent(rate -> reference.put("learning-rate", rate));
        reference.put("start", recipe.reference().start());
        map.put("reference", reference);
        map.put("optimum-steps", recipe.optimumSteps());
        recipe.hypervolumeReference().ifPresent(r -> map.put("hypervolume-reference", new java.util.TreeMap<>(r)));
        var answers = new LinkedHashMap<String, Object>();
        answers.put("prompts", recipe.answers().prompts());
        answers.put("tokens", recipe.answers().tokens());
        map.put("answers", answers);
        if (!recipe.benchmarks().isEmpty()) {
            var benchmarks = new LinkedHashMap<String, Object>();
            recipe.benchmarks().forEach((name, benchmark) -> benchmarks.put(name, BenchmarkWriter.map(benchmark)));
            map.put("benchmarks", benchmarks);
        }
        return map;
    }

    private static String dump(Map<String, Object> map) {
        var settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(1_000)
                .build();
        return new Dump(settings).dumpToString(map);
    }

    /** The recipe as it is written. */
    static Map<String, Object> root(Recipe recipe) {
        var map = new LinkedHashMap<String, Object>();
        map.put("model", recipe.model().toString());
        recipe.reference().ifPresent(r -> {
            var reference = new LinkedHashMap<String, Object>();
            r.model().ifPresent(m -> reference.put("model", m.toString()));
            r.adapter().ifPresent(a -> reference.put("adapter", a.toString()));
            map.put("reference", reference);
        });
        map.put("method", method(recipe.method()));
        var objectives = new LinkedHashMap<String, Object>();
        recipe.objectives().forEach((name, o) -> objectives.put(name, objective(o)));
        map.put("objectives", objectives);
        recipe.lora().ifPresent(l -> map.put("lora", lora(l)));
        map.put("optimizer", optimizer(recipe.optimizer()));
        map.put("train", train(recipe.train()));
        map.put("output", recipe.output().toString());
        map.put("cache", recipe.cache().map(Path::toString).orElse("none"));
        map.put(
                "trackers",
                recipe.trackers().stream().map(RecipeWriter::tracker).toList());
        return map;
    }

    /** A name, or a mapping where there are keys beside it. */
    private static Object tracker(TrackerRecipe tracker) {
        var name = tracker.type().name();
        if (tracker.settings().isEmpty()) {
            return name;
        }
        var map = new LinkedHashMap<String, Object>();
        map.put("name", name);
        map.putAll(tracker.settings());
        return map;
    }

    private static Map<String, Object> method(MethodRecipe method) {
        var map = new LinkedHashMap<String, Object>();
        map.put("name", method.type().name());
        map.putAll(method.settings());
        return map;
    }

    private static Map<String, Object> objective(ObjectiveRecipe o) {
        var map = new LinkedHashMap<>(o.loss().written());
        o.data().settings().forEach((key, value) -> {
            // where recipe.yaml has always had it: a comparison recognises existing runs by the lines of their recipes
            if (key.equals("shuffle")) {
                o.microBatchSize().ifPresent(n -> map.put("micro-batch-size", n));
            }
            map.put(key, value);
        });
        o.optimum().ifPresent(value -> map.put("optimum", value));
        return map;
    }

    private static Map<String, Object> lora(LoraRecipe l) {
        var map = new LinkedHashMap<String, Object>();
        l.rank().ifPresent(r -> map.put("rank", r));
        l.alpha().ifPresent(a -> map.put("alpha", a));
        map.put("dropout", l.dropout());
        if (!l.targets().isEmpty()) {
            map.put("targets", l.targets());
        }
        l.initFrom().map(Path::toString).ifPresent(f -> map.put(RecipeParser.INIT_FROM, f));
        return map;
    }

    private static Map<String, Object> optimizer(OptimizerRecipe o) {
        var map = new LinkedHashMap<String, Object>();
        map.put("learning-rate", o.learningRate());
        map.put("betas", o.betas());
        map.put("eps", o.eps());
        map.put("weight-decay", o.weightDecay());
        map.put("max-grad-norm", o.maxGradNorm());
        map.put("schedule", KebabCase.of(o.schedule()));
        map.put("warmup-steps", o.warmupSteps());
        return map;
    }

    private static Map<String, Object> train(TrainRecipe t) {
        var map = new LinkedHashMap<String, Object>();
        map.put("steps", t.steps());
        map.put("device", t.device());
        map.put("precision", KebabCase.of(t.precision()));
        map.put("seed", t.seed());
        map.put("evaluate-every", t.evaluateEvery());
        map.put("eval-batch-size", t.evalBatchSize());
        map.put("checkpoint-every", t.checkpointEvery());
        map.put("max-consecutive-skips", t.maxConsecutiveSkips());
        map.put("keep-checkpoints", t.keepCheckpoints());
        map.put("on-write-failure", KebabCase.of(t.onWriteFailure()));
        t.threads().ifPresent(n -> map.put("threads", n));
        t.headTileTokens().ifPresent(n -> map.put("head-tile-tokens", n));
        t.microBatchTokens().ifPresent(n -> map.put("micro-batch-tokens", n));
        map.put("checkpoint-activations", t.checkpointActivations());
        map.put("zero-stage", t.zeroStage().number());
        map.put("shared-prompts", t.sharedPrompts());
        t.earlyStop().ifPresent(e -> {
            var stop = new LinkedHashMap<String, Object>();
            e.gap().ifPresent(g -> stop.put("gap", g));
            if (!e.front().isEmpty()) {
                stop.put("front", e.front());
            }
            map.put("early-stop", stop);
        });
        return map;
    }
}

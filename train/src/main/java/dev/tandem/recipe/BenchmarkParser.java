package dev.tandem.recipe;

import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowFormats;
import dev.tandem.recipe.BenchmarkRecipe.By;
import dev.tandem.recipe.BenchmarkRecipe.Generation;
import dev.tandem.recipe.BenchmarkRecipe.Judge;
import dev.tandem.recipe.BenchmarkRecipe.MultipleChoice;
import dev.tandem.recipe.BenchmarkRecipe.Score;
import dev.tandem.recipe.BenchmarkRecipe.WinRate;
import dev.tandem.text.KebabCase;
import dev.tandem.text.Suggestion;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code compare.benchmarks}. */
final class BenchmarkParser {
    private static final String NAME = "[A-Za-z][A-Za-z0-9._-]{0,63}";
    private static final String REFERENCE = "reference";
    private static final int USUAL_SHOTS = 5;

    private final DataRecipe instructions;
    private final List<RowFormat> formats;

    /**
     * @param instructions data of the objective whose template goes around prompts unless another is given
     * @param formats of prompts that the recipe may name
     */
    BenchmarkParser(DataRecipe instructions, List<RowFormat> formats) {
        this.instructions = instructions;
        this.formats = formats;
    }

    private enum Kind {
        MULTIPLE_CHOICE,
        WIN_RATE
    }

    Map<String, BenchmarkRecipe> parse(Section section) {
        var result = new LinkedHashMap<String, BenchmarkRecipe>();
        for (var name : section.keys()) {
            if (!name.matches(NAME)) {
                throw section.problem(
                        Suggestion.quoted(name).replace("'", ""),
                        "a benchmark's name begins with a letter, has letters, digits, '-', '_' and '.', and at most 64"
                                + " of them");
            }
            result.put(name, benchmark(section.section(name)));
        }
        return result;
    }

    private BenchmarkRecipe benchmark(Section s) {
        var kind = s.required("kind", n -> s.choice("kind", n, Kind.class));
        var result = kind == Kind.MULTIPLE_CHOICE ? multipleChoice(s) : winRate(s);
        s.close();
        return result;
    }

    private static MultipleChoice multipleChoice(Section s) {
        var data = s.required("data", n -> s.source("data", n));
        var dev = s.optional("dev", n -> s.source("dev", n));
        var shots = s.optional("shots", n -> s.integer("shots", n, 0, 1000)).orElse(dev.isPresent() ? USUAL_SHOTS : 0);
        if (shots > 0 && dev.isEmpty()) {
            throw s.problem("shots", "there are no questions to show: name their file with dev, or set shots: 0");
        }
        return new MultipleChoice(
                data,
                dev,
                shots,
                s.optional("score", n -> s.choice("score", n, Score.class)).orElse(Score.LETTER));
    }

    private WinRate winRate(Section s) {
        var prompts = s.required("prompts", n -> s.source("prompts", n));
        var against = s.required("against", n -> s.source("against", n));
        var by = s.optional("by", n -> s.choice("by", n, By.class)).orElse(By.REWARD);
        var format = s.optional("format", n -> format(s, n));
        var model = s.optional("model", n -> s.source("model", n));
        var adapter = s.optional("adapter", n -> s.source("adapter", n));
        checkModel(s, by, model, adapter);
        var judge = s.optional("judge", n -> judge(s.mapping("judge", n)));
        if ((by == By.JUDGE) != judge.isPresent()) {
            throw s.problem("judge", "by: judge needs one, as in judge: {model: NAME, url: …}; the others have none");
        }
        return new WinRate(
                prompts,
                Optional.of(against).filter(path -> !path.equals(Path.of(REFERENCE))),
                by,
                model,
                adapter,
                judge,
                format,
                template(s, format),
                s.optional("columns", n -> s.map("columns", n, v -> s.text("columns", v)))
                        .orElse(Map.of()),
                s.optional("max-length", n -> s.integer("max-length", n, 2, Integer.MAX_VALUE))
                        .orElse(2048),
                generation(s));
    }

    private RowFormat format(Section s, YamlNode node) {
        var format = RowFormats.parse(s, "format", node, formats);
        if (format.prompt().isEmpty()) {
            throw s.problem(
                    "format",
                    "prompts are read from rows of format "
                            + RowFormats.names(formats, f -> f.prompt().isPresent()));
        }
        return format;
    }

    private static void checkModel(Section s, By by, Optional<Path> model, Optional<Path> adapter) {
        var byLogProb = by == By.LOG_PROB || by == By.LOG_PROB_PER_TOKEN;
        if (!byLogProb && (model.isPresent() || adapter.isPresent())) {
            throw s.problem(
                    model.isPresent() ? "model" : "adapter",
                    "rewards are those of the run optimum-preference, and a judge is given under judge; by: log-prob is by"
                            + " another model");
        }
        if (byLogProb && model.isEmpty()) {
            throw s.problem("model", "by: " + KebabCase.of(by) + " needs a model, whose log-probs count");
        }
    }

    private static Judge judge(Section s) {
        var result = new Judge(
                s.required("model", n -> s.text("model", n)),
                s.optional("url", n -> s.text("url", n)),
                s.optional("key-env", n -> s.text("key-env", n)),
                s.optional("prompt", n -> s.path("prompt", n)),
                s.optional("weighted", n -> s.flag("weighted", n)).orElse(false),
                s.optional("parallel", n -> s.integer("parallel", n, 1, 1000)).orElse(4),
                positive(s, "requests-per-minute"),
                positive(s, "price-in"),
                positive(s, "price-out"),
                positive(s, "max-cost"));
        if (result.maxCost().isPresent()
                && (result.priceIn().isEmpty() || result.priceOut().isEmpty())) {
            throw s.problem("max-cost", "it can be kept only with price-in and price-out, dollars a million tokens");
        }
        s.close();
        return result;
    }

    private static Optional<Double> positive(Section s, String key) {
        return s.optional(key, n -> s.number(key, n, Range.POSITIVE));
    }

    private Optional<String> template(Section s, Optional<RowFormat> format) {
        var own = s.optional("template", n -> s.text("template", n));
        if (own.filter(t -> t.split("\\{}", -1).length != 2).isPresent()) {
            throw s.problem("template", "it must hold {} exactly once, where the prompt goes");
        }
        if (format.filter(f -> !f.takesTemplate()).isPresent()) {
            if (own.isPresent()) {
                throw s.problem("template", "conversations take none: the model's chat template renders them");
            }
            return Optional.empty();
        }
        return own.or(instructions::template);
    }

    private static Generation generation(Section s) {
        return new Generation(
                s.optional("max-new-tokens", n -> s.integer("max-new-tokens", n, 1, Integer.MAX_VALUE))
                        .orElse(256),
                s.optional("temperature", n -> s.number("temperature", n, Range.TO_A_HUNDRED))
                        .orElse(0.0),
                s.optional("top-k", n -> s.integer("top-k", n, 0, Integer.MAX_VALUE))
                        .orElse(0),
                s.optional("top-p", n -> s.number("top-p", n, Range.SHARE)).orElse(1.0),
                s.optional("min-p", n -> s.number("min-p", n, Range.BELOW_ONE)).orElse(0.0),
                s.optional("repetition-penalty", n -> s.number("repetition-penalty", n, Range.FACTOR))
                        .orElse(1.0),
                s.optional("stop", n -> s.list("stop", n, t -> stop(s, t))).orElse(List.of()),
                s.optional("seed", n -> s.longInteger("seed", n, Long.MIN_VALUE, Long.MAX_VALUE))
                        .orElse(42L),
                s.optional("batch-size", n -> s.integer("batch-size", n, 1, 1024))
                        .orElse(16));
    }

    private static String stop(Section s, YamlNode node) {
        var text = s.text("stop", node);
        if (text.isEmpty()) {
            throw s.problem("stop", "a stop text must not be empty");
        }
        return text;
    }
}

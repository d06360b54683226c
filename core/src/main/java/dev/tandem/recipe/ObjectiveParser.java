package dev.tandem.recipe;

import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.recipe.ObjectiveRecipe.Overlong;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Reads one entry of {@code objectives}. */
final class ObjectiveParser {
    private static final Set<RowFormat> PAIRS =
            Set.of(RowFormat.PREFERENCE, RowFormat.IMPLICIT_PREFERENCE, RowFormat.TOKENS);
    /** Losses of objectives that have the usual names. */
    private static final Map<String, Loss> USUAL = Map.of("sft", Loss.SFT, "preference", Loss.DPO);

    private final String name;
    private final Section s;

    ObjectiveParser(String name, Section section) {
        this.name = name;
        this.s = section;
    }

    ObjectiveRecipe parse() {
        var loss = loss();
        var batching = batching();
        var result = new ObjectiveRecipe(
                loss,
                s.optional("beta", n -> s.number("beta", n, Range.POSITIVE)).orElse(0.1),
                labelSmoothing(loss),
                s.required("data", n -> sources("data", n)),
                s.optional("eval-data", n -> sources("eval-data", n)).orElse(List.of()),
                s.optional("eval-share", n -> s.number("eval-share", n, Range.BELOW_ONE))
                        .orElse(0.03),
                format(loss),
                template(),
                s.optional("max-length", n -> s.integer("max-length", n, 2, Integer.MAX_VALUE))
                        .orElse(2048),
                s.optional("overlong", n -> s.choice("overlong", n, Overlong.class))
                        .orElse(Overlong.CUT),
                count("max-samples", Integer.MAX_VALUE),
                count("max-eval-samples", Integer.MAX_VALUE),
                batching,
                count("micro-batch-size", mostExamples(batching)),
                s.optional("shuffle", n -> s.truth("shuffle", n)).orElse(true),
                s.optional("optimum", n -> s.number("optimum", n, Range.ANY)).orElse(0.0));
        s.close();
        return result;
    }

    private Loss loss() {
        return s.optional("loss", n -> s.choice("loss", n, Loss.class))
                .or(() -> Optional.ofNullable(USUAL.get(name)))
                .orElseThrow(() -> s.problem(
                        "loss",
                        "an objective that is not called sft or preference must name its loss: sft, dpo, ipo or cdpo"));
    }

    private double labelSmoothing(Loss loss) {
        var value = s.optional("label-smoothing", n -> s.number("label-smoothing", n, Range.BELOW_HALF))
                .orElse(0.0);
        if (value > 0 && (loss == Loss.SFT || loss == Loss.IPO)) {
            throw s.problem("label-smoothing", "only dpo and cdpo have it");
        }
        if (value == 0 && loss == Loss.CDPO) {
            throw s.problem("label-smoothing", "loss: cdpo needs it above 0 (0.1, say); without it, it is loss: dpo");
        }
        return value;
    }

    private Batching batching() {
        var tokens = count("batch-tokens", Integer.MAX_VALUE);
        var window = count("length-window", Batching.LARGEST_WINDOW);
        if (tokens.isPresent()) {
            if (s.has("batch-size")) {
                throw s.problem("batch-tokens", "give batch-size or batch-tokens, not both");
            }
            return new Batching.Tokens(tokens.getAsInt(), window.orElse(Batching.DEFAULT_WINDOW));
        }
        if (window.isPresent()) {
            throw s.problem("length-window", "only batch-tokens has it: batches of batch-size examples are as drawn");
        }
        return new Batching.Examples(s.required("batch-size", n -> s.integer("batch-size", n, 1, Integer.MAX_VALUE)));
    }

    /** A micro-batch of more than a batch would be a mistake. */
    private static int mostExamples(Batching batching) {
        return batching instanceof Batching.Examples e ? e.size() : Integer.MAX_VALUE;
    }

    private RowFormat format(Loss loss) {
        var format = s.required("format", n -> s.choice("format", n, RowFormat.class));
        if (loss != Loss.SFT && !PAIRS.contains(format)) {
            throw s.problem(
                    "format",
                    "loss: " + Section.kebab(loss) + " learns from pairs, but rows of format " + Section.kebab(format)
                            + " are single responses. Use preference, implicit-preference or tokens");
        }
        return format;
    }

    private Optional<String> template() {
        var template = s.optional("template", n -> s.text("template", n));
        if (template.isPresent() && template.get().split("\\{}", -1).length != 2) {
            throw s.problem("template", "it must hold {} exactly once, where the prompt goes");
        }
        return template;
    }

    private OptionalInt count(String key, int most) {
        return s.optional(key, n -> s.integer(key, n, 1, most))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    private List<DataSource> sources(String key, YamlNode node) {
        var sources = s.list(key, node, n -> source(key, n));
        var weighted =
                sources.stream().filter(source -> source.weight().isPresent()).count();
        if (weighted > 0 && weighted < sources.size()) {
            throw s.problem(key, "either all files have a weight, or none");
        }
        if (weighted > 0 && key.equals("eval-data")) {
            throw s.problem(key, "evaluation files have no weight: all of their rows are used");
        }
        return sources;
    }

    private DataSource source(String key, YamlNode node) {
        if (!(node instanceof YamlNode.Mapping)) {
            return new DataSource(s.source(key, node), OptionalDouble.empty(), Map.of());
        }
        var file = s.mapping(key, node);
        var result = new DataSource(
                file.required("path", n -> file.source("path", n)),
                file.optional("weight", n -> file.number("weight", n, Range.POSITIVE))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                file.optional("columns", n -> file.map("columns", n, v -> file.text("columns", v)))
                        .orElse(Map.of()));
        file.close();
        return result;
    }
}

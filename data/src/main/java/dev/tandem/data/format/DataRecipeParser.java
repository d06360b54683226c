package dev.tandem.data.format;

import dev.tandem.data.Batching;
import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.Overlong;
import dev.tandem.data.example.RowShape;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Reads the keys of an objective's section that are about its data.
 *
 * @param s the objective's section
 * @param shape what the loss learns from
 * @param loss its name, for messages
 */
record DataRecipeParser(Section s, RowShape shape, String loss) {

    /** @param formats formats that the recipe may name */
    DataRecipe parse(List<RowFormat> formats) {
        s.renamed("eval-share", DataRecipe.EVAL_FRACTION).renamed("length-window", DataRecipe.LENGTH_GROUPING_WINDOW);
        var batching = batching();
        var columns = s.optional("columns", n -> s.map("columns", n, v -> s.text("columns", v)))
                .orElse(Map.of());
        var result = new DataRecipe(
                shape,
                s.required("data", n -> sources("data", n, columns)),
                s.optional("eval-data", n -> sources("eval-data", n, columns)).orElse(List.of()),
                s.optional(DataRecipe.EVAL_FRACTION, n -> s.number(DataRecipe.EVAL_FRACTION, n, Range.BELOW_ONE))
                        .orElse(0.03),
                format(formats),
                template(),
                s.optional("max-length", n -> s.integer("max-length", n, 2, Integer.MAX_VALUE))
                        .orElse(2048),
                s.optional("overlong", n -> s.choice("overlong", n, Overlong.class, Overlong.FORMER_NAMES))
                        .orElse(Overlong.TRUNCATE),
                count("max-samples", Integer.MAX_VALUE),
                count("max-eval-samples", Integer.MAX_VALUE),
                batching,
                s.optional("shuffle", n -> s.flag("shuffle", n)).orElse(true),
                Optional.of(shape).filter(RowShape.LABELLED::equals).map(labelled -> mismatched(batching)));
        checkColumns(result, "data", result.sources());
        checkColumns(result, "eval-data", result.evalSources());
        return result;
    }

    private void checkColumns(DataRecipe recipe, String key, List<DataSource> sources) {
        sources.forEach(source -> s.checked(key, () -> RowFormats.columns(recipe.format(), shape, source.columns())));
    }

    private RowFormat format(List<RowFormat> formats) {
        var format = s.required("format", n -> RowFormats.parse(s, "format", n, formats));
        if (!format.shapes().contains(shape)) {
            throw s.problem(
                    "format",
                    "loss: " + loss + " learns from " + shape.words() + ", but rows of format " + format.name()
                            + " are " + RowFormats.gives(format.shapes()) + ". Use "
                            + RowFormats.names(formats, f -> f.shapes().contains(shape)));
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

    private Batching batching() {
        var tokens = count("batch-tokens", Integer.MAX_VALUE);
        var window = count(DataRecipe.LENGTH_GROUPING_WINDOW, Batching.LARGEST_WINDOW);
        if (tokens.isPresent()) {
            if (s.has("batch-size")) {
                throw s.problem("batch-tokens", "give batch-size or batch-tokens, not both");
            }
            return new Batching.Tokens(tokens.getAsInt(), window.orElse(Batching.DEFAULT_WINDOW));
        }
        if (window.isPresent()) {
            throw s.problem(
                    DataRecipe.LENGTH_GROUPING_WINDOW,
                    "only batch-tokens has it: batches of batch-size examples are as drawn");
        }
        return new Batching.Examples(s.required("batch-size", n -> s.integer("batch-size", n, 1, Integer.MAX_VALUE)));
    }

    private OptionalInt count(String key, int most) {
        return s.optional(key, n -> s.integer(key, n, 1, most))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /** @param columns of the files that name none of their own */
    private List<DataSource> sources(String key, YamlNode node, Map<String, String> columns) {
        var sources = s.list(key, node, n -> source(key, n, columns));
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

    private DataSource source(String key, YamlNode node, Map<String, String> columns) {
        if (!(node instanceof YamlNode.Mapping)) {
            return new DataSource(s.source(key, node), OptionalDouble.empty(), columns);
        }
        var file = s.mapping(key, node);
        var result = new DataSource(
                file.required("path", n -> file.source("path", n)),
                file.optional("weight", n -> file.number("weight", n, Range.POSITIVE))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                file.optional("columns", n -> file.map("columns", n, v -> file.text("columns", v)))
                        .orElse(columns));
        file.close();
        return result;
    }

    private Mismatched mismatched(Batching batching) {
        var inBatches = batching instanceof Batching.Examples;
        var result = s.optional(DataRecipe.MISMATCHED, n -> s.choice(DataRecipe.MISMATCHED, n, Mismatched.class))
                .orElse(inBatches ? Mismatched.BATCH : Mismatched.DATASET);
        if (result == Mismatched.BATCH && !(batching instanceof Batching.Examples batch && batch.size() > 1)) {
            throw s.problem(
                    DataRecipe.MISMATCHED,
                    "responses are exchanged among the rows of a batch, which needs a batch-size of 2 or more. Write"
                            + " mismatched: dataset");
        }
        return result;
    }
}

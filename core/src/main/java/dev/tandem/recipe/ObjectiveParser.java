package dev.tandem.recipe;

import dev.tandem.data.Batching;
import dev.tandem.data.DataRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads one entry of {@code objectives}. */
final class ObjectiveParser {
    /** Losses of objectives that have the usual names. */
    private static final Map<String, Loss> USUAL = Map.of("sft", Loss.SFT, "preference", Loss.DPO);

    private final String name;
    private final Section s;
    private final Registry registry;

    /** @param registry what the recipe may name */
    ObjectiveParser(String name, Section section, Registry registry) {
        this.name = name;
        this.s = section;
        this.registry = registry;
    }

    ObjectiveRecipe parse() {
        var loss = loss();
        var beta = s.optional("beta", n -> s.number("beta", n, Range.POSITIVE)).orElse(0.1);
        var labelSmoothing = labelSmoothing(loss);
        var data = DataRecipe.parse(s, loss.shape(), Section.kebab(loss), registry.formats());
        var result = new ObjectiveRecipe(
                loss,
                beta,
                labelSmoothing,
                data,
                microBatchSize(data.batching()),
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

    /** A micro-batch of more than a batch would be a mistake. */
    private OptionalInt microBatchSize(Batching batching) {
        var most = batching instanceof Batching.Examples e ? e.size() : Integer.MAX_VALUE;
        return s.optional("micro-batch-size", n -> s.integer("micro-batch-size", n, 1, most))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }
}

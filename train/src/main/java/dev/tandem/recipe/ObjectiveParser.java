package dev.tandem.recipe;

import dev.tandem.data.Batching;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads one entry of {@code objectives}. */
final class ObjectiveParser {
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
        var loss = Losses.parse(registry.losses(), s, name);
        var data = DataRecipe.parse(s, loss.objective().shape(), loss.name(), registry.formats());
        var result = new ObjectiveRecipe(
                loss,
                data,
                microBatchSize(data.batching()),
                s.optional("optimum", n -> OptionalDouble.of(s.number("optimum", n, Range.ANY)))
                        .orElseGet(OptionalDouble::empty));
        s.close();
        return result;
    }

    /** A micro-batch of more than a batch would be a mistake. */
    private OptionalInt microBatchSize(Batching batching) {
        var most = batching instanceof Batching.Examples e ? e.size() : Integer.MAX_VALUE;
        return s.optional("micro-batch-size", n -> s.integer("micro-batch-size", n, 1, most))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }
}

package dev.tandem.objective;

import dev.tandem.data.RowShape;
import dev.tandem.yaml.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The losses that recipes can name. */
public final class Losses {
    /** The key that names a loss. */
    public static final String LOSS = "loss";

    /** Tandem's own. */
    public static final List<LossType> TYPES = List.of(Sft.TYPE, Dpo.TYPE, Ipo.TYPE, Dpo.CONSERVATIVE);

    /** Losses of objectives that have the usual names. */
    private static final Map<String, LossType> USUAL = Map.of("sft", Sft.TYPE, "preference", Dpo.TYPE);

    private Losses() {}

    /**
     * Reads the loss of an objective. The section is left open: it has keys of others too.
     *
     * @param types that the recipe may name
     * @param section the objective's
     * @param objective its name, which may say the loss
     * @return the loss as the recipe describes it
     * @throws dev.tandem.UserException if the loss is not named or not known, one of its settings is wrong, or there is a
     *     key that only other losses have
     */
    public static LossRecipe parse(List<LossType> types, Section section, String objective) {
        var byName = new LinkedHashMap<String, LossType>();
        types.forEach(type -> byName.put(type.name(), type));
        var type = section.optional(LOSS, n -> section.oneOf(LOSS, n, byName))
                .or(() -> Optional.ofNullable(USUAL.get(objective)))
                .orElseThrow(() -> section.problem(
                        LOSS,
                        "an objective that is not called sft or preference must name its loss: "
                                + words(List.copyOf(byName.keySet()), "or")));
        refuseKeysOfOthers(types, section, type);
        return type.parse(section);
    }

    /**
     * Losses that learn from rows of a shape.
     *
     * @param types to choose from
     * @return their names, as a sentence lists them: {@code dpo, ipo or cdpo}
     */
    public static String names(List<LossType> types, RowShape shape) {
        return words(
                types.stream()
                        .filter(type -> type.shape() == shape)
                        .map(LossType::name)
                        .toList(),
                "or");
    }

    private static void refuseKeysOfOthers(List<LossType> types, Section section, LossType chosen) {
        for (var key : section.keys()) {
            var having =
                    types.stream().filter(type -> type.keys().contains(key)).toList();
            if (!having.isEmpty() && !having.contains(chosen)) {
                throw section.problem(
                        key,
                        "loss: " + chosen.name() + " has no " + key + "; "
                                + words(having.stream().map(LossType::name).toList(), "and")
                                + (having.size() == 1 ? " has it" : " have it"));
            }
        }
    }

    private static String words(List<String> names, String last) {
        var most = names.size() - 1;
        return most < 1
                ? String.join("", names)
                : String.join(", ", names.subList(0, most)) + " " + last + " " + names.get(most);
    }
}

package dev.tandem.recipe;

import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.WeightedLosses;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.pair.SimPo;
import dev.tandem.objective.response.Sft;
import dev.tandem.objective.unpaired.Kto;
import dev.tandem.yaml.Range;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The losses that recipes can name. */
public final class Losses {
    /** Tandem's own. */
    public static final List<LossType> TYPES =
            List.of(Sft.TYPE, Dpo.TYPE, Ipo.TYPE, Dpo.CONSERVATIVE, SimPo.TYPE, Kto.TYPE);

    /** Losses of objectives that have the usual names. */
    private static final Map<String, LossType> USUAL = Map.of("sft", Sft.TYPE, "preference", Dpo.TYPE);

    private Losses() {}

    /**
     * Reads the loss of an objective. The section is left open, because it has other keys as well.
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
        var terms = section.optional(LossRecipe.KEY, n -> terms(byName, section, n))
                .or(() -> Optional.ofNullable(USUAL.get(objective)).map(type -> List.of(new Named(type))))
                .orElseThrow(() -> section.problem(
                        LossRecipe.KEY,
                        "an objective that is not called sft or preference must name its loss: "
                                + words(List.copyOf(byName.keySet()), "or")));
        refuseKeysOfOthers(types, section, terms.stream().map(Named::type).toList());
        if (terms.size() == 1 && terms.get(0).weight() == 1.0) {
            return terms.get(0).parse(section);
        }
        var losses = terms.stream()
                .map(term -> new WeightedLosses.Term(term.weight(), term.parse(section)))
                .toList();
        var sum = section.checked(LossRecipe.KEY, () -> new WeightedLosses(losses));
        return new LossRecipe(
                sum.terms().stream().map(term -> term.loss().name()).collect(Collectors.joining(" + ")), Map.of(), sum);
    }

    /**
     * Reads a loss that is named alone or in a list.
     *
     * @param own the settings that are in the list; absent: they are beside it
     */
    private record Named(LossType type, double weight, Optional<Section> own) {
        Named(LossType type) {
            this(type, 1.0, Optional.empty());
        }

        LossRecipe parse(Section beside) {
            return type.parse(own.map(section -> section.withDefaults(beside)).orElse(beside))
                    .inOrder(type.keys());
        }
    }

    private static List<Named> terms(Map<String, LossType> types, Section section, YamlNode node) {
        return section.list(LossRecipe.KEY, node, term -> {
            if (!(term instanceof YamlNode.Mapping)) {
                return new Named(section.registered(LossRecipe.KEY, term, types));
            }
            var own = section.mapping(LossRecipe.KEY, term);
            var type = own.required(WeightedLosses.NAME, n -> own.registered(WeightedLosses.NAME, n, types));
            var weight = own.optional(WeightedLosses.WEIGHT, n -> own.number(WeightedLosses.WEIGHT, n, Range.POSITIVE))
                    .orElse(1.0);
            refuseKeysOfOthers(List.copyOf(types.values()), own, List.of(type));
            type.keys().forEach(key -> {
                if (own.has(key) && section.has(key)) {
                    throw own.problem(key, "it is also beside the list: give it once");
                }
            });
            own.close();
            return new Named(type, weight, Optional.of(own));
        });
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

    private static void refuseKeysOfOthers(List<LossType> types, Section section, List<LossType> chosen) {
        for (var key : section.keys()) {
            var having =
                    types.stream().filter(type -> type.keys().contains(key)).toList();
            if (!having.isEmpty() && having.stream().noneMatch(chosen::contains) && !isZero(section, key)) {
                throw section.problem(
                        key,
                        "loss: " + chosen.stream().map(LossType::name).collect(Collectors.joining(" + ")) + " has no "
                                + key + "; "
                                + words(having.stream().map(LossType::name).toList(), "and")
                                + (having.size() == 1 ? " has it" : " have it"));
            }
        }
    }

    /** A zero, a label smoothing of 0 for example, says that the loss has none. */
    private static boolean isZero(Section section, String key) {
        return section.optional(key, n -> n)
                .filter(n ->
                        n instanceof YamlNode.Scalar scalar && scalar.text().matches("0(\\.0*)?"))
                .isPresent();
    }

    private static String words(List<String> names, String last) {
        var most = names.size() - 1;
        return most < 1
                ? String.join("", names)
                : String.join(", ", names.subList(0, most)) + " " + last + " " + names.get(most);
    }
}

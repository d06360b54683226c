package dev.tandem.recipe;

import dev.tandem.method.MethodRecipe;
import dev.tandem.method.MethodType;
import dev.tandem.method.draw.Alright;
import dev.tandem.method.draw.Maxright;
import dev.tandem.method.gradient.PcGrad;
import dev.tandem.method.joint.Mix;
import dev.tandem.method.stage.Sequential;
import dev.tandem.method.stage.SingleObjective;
import dev.tandem.yaml.Section;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** The methods that recipes can name. */
public final class Methods {
    /** Tandem's own. */
    public static final List<MethodType> TYPES =
            List.of(Sequential.TYPE, Mix.TYPE, Alright.TYPE, Maxright.TYPE, PcGrad.TYPE, SingleObjective.TYPE);

    private Methods() {}

    /**
     * Reads the method of a recipe.
     *
     * @param types that it may name
     * @param section the recipe's {@code method}
     * @param objectives names of the recipe's objectives, in order
     * @param steps of the run
     * @return the method as the recipe describes it
     * @throws dev.tandem.UserException if the section is wrong, with file, line and key
     */
    public static MethodRecipe parse(List<MethodType> types, Section section, List<String> objectives, int steps) {
        var byName = new LinkedHashMap<String, MethodType>();
        var former = new HashMap<String, MethodType>();
        for (var type : types) {
            byName.put(type.name(), type);
            type.formerNames().forEach(name -> former.put(name, type));
        }
        var type = section.required(
                "name",
                n -> Optional.ofNullable(former.get(section.text("name", n)))
                        .orElseGet(() -> section.registered("name", n, byName)));
        if (objectives.size() < type.minObjectives()) {
            throw section.problem(
                    "name",
                    type.name() + " needs two or more objectives, but there is one. To train one alone use {name: "
                            + SingleObjective.TYPE.name() + ", objective: " + objectives.get(0) + "}");
        }
        var recipe = type.parse(section, objectives, steps);
        section.close();
        return recipe;
    }
}

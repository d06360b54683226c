package dev.tandem.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.LossType;
import dev.tandem.objective.WeightedLosses;
import dev.tandem.objective.WeightedLosses.Term;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.response.Sft;
import dev.tandem.yaml.Section;
import dev.tandem.yaml.YamlReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Losses as recipes name them. */
class LossesTest {
    private static final List<LossType> SOME = List.of(Sft.TYPE, Dpo.TYPE, Ipo.TYPE, Dpo.CONSERVATIVE);

    @Test
    void recipesNameLosses() {
        assertThat(read("{loss: sft}", "x").objective()).isEqualTo(new Sft());
        assertThat(read("{loss: dpo, beta: 0.2}", "x").objective()).isEqualTo(new Dpo(0.2));
        assertThat(read("{loss: dpo, beta: 0.2, label-smoothing: 0.3}", "x").objective())
                .isEqualTo(new Dpo(0.2, 0.3));
        assertThat(read("{loss: cdpo, label-smoothing: 0.3}", "x").objective()).isEqualTo(new Dpo(0.1, 0.3));
        assertThat(read("{loss: ipo, beta: 0.2}", "x").objective()).isEqualTo(new Ipo(0.2));
    }

    @Test
    void theUsualNamesOfObjectivesSayTheirLoss() {
        assertThat(read("{}", "sft").name()).isEqualTo("sft");
        assertThat(read("{beta: 0.3}", "preference").written())
                .containsExactly(Map.entry("loss", "dpo"), Map.entry("beta", 0.3));
        assertThatThrownBy(() -> read("{}", "other"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("must name its loss: sft, dpo, ipo or cdpo");
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (var yaml : List.of("{loss: sft}", "{loss: dpo, label-smoothing: 0.25}", "{loss: ipo, beta: 3}")) {
            var loss = read(yaml, "x");
            assertThat(read(loss.written().toString().replace("=", ": "), "x")).isEqualTo(loss);
        }
    }

    /** A loss of a program may give its settings in any order. */
    @Test
    void settingsAreWrittenInTheOrderOfTheKeys() {
        var keys = List.of("beta", "b", "c", "a");
        var type = LossType.of("own", RowShape.PAIR, keys, section -> {
            var backwards = new LinkedHashMap<String, Object>();
            List.of("a", "c", "b", "beta").forEach(key -> backwards.put(key, 1.0));
            return new LossRecipe("own", backwards, new Dpo(0.1));
        });
        var section = Section.root("recipe", YamlReader.read("{loss: own}", "recipe"));
        assertThat(Losses.parse(List.of(type), section, "x").settings().keySet())
                .containsExactlyElementsOf(keys);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{loss: simp0} | simp0' is not known",
                "{loss: ipo, label-smoothing: 0.1} | loss: ipo has no label-smoothing; dpo and cdpo",
                "{loss: sft, beta: 0.1} | loss: sft has no beta; dpo, ipo and cdpo",
                "{loss: cdpo} | needs it above 0",
                "{loss: cdpo, label-smoothing: 0} | needs it above 0",
                "{loss: dpo, beta: 0} | a number above 0 is expected",
                "{loss: dpo, label-smoothing: 0.5} | from 0 to below 0.5",
                "{loss: []} | the list must not be empty",
                "{loss: [dpo, dpo]} | losses of different names",
                "{loss: [dpo, {name: sft, weight: 0}]} | loss.weight: a number above 0 is expected",
                "{loss: [dpo, {name: sft, weigth: 0.2}]} | loss.weigth: unknown key; did you mean weight?",
                "{loss: [dpo, {weight: 0.2}]} | loss.name is missing",
                "{loss: [dpo, {name: sft, beta: 1}]} | loss.beta: loss: sft has no beta; dpo, ipo and cdpo",
                "{loss: [ipo, sft], label-smoothing: 0.1} | loss: ipo + sft has no label-smoothing; dpo and cdpo",
                "{loss: [{name: dpo, beta: 1}, ipo], beta: 2} | loss.beta: it is also beside the list: give it once",
                "{loss: [{name: dpo, beta: 0}, sft]} | loss.beta: a number above 0 is expected",
                "{loss: [dpo, sft], beta: 0} | x.beta: a number above 0 is expected",
            })
    void aSettingThatMeansNothingIsAnError(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml, "x"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("recipe:1: x.")
                .hasMessageContaining(message);
    }

    @Test
    void aListIsASum() {
        var dpo = new LossRecipe("dpo", Map.of("beta", 0.2), new Dpo(0.2));
        var sum = new WeightedLosses(List.of(new Term(1.0, dpo), new Term(0.25, Sft.recipe())));
        for (var yaml : List.of(
                "{loss: [dpo, {name: sft, weight: 0.25}], beta: 0.2}",
                "{loss: [{name: dpo, beta: 0.2}, {name: sft, weight: 0.25}]}")) {
            var read = read(yaml, "x");
            assertThat(read.objective()).isEqualTo(sum);
            assertThat(read.name()).isEqualTo("dpo + sft");
            assertThat(read(read.written().toString().replace("=", ": "), "x")).isEqualTo(read);
        }
        assertThat(sum.shape()).isEqualTo(RowShape.PAIR);
        assertThat(sum.needsReference()).isTrue();
        assertThat(read("{loss: [dpo]}", "x").objective()).isEqualTo(new Dpo(0.1));
        assertThat(read("{loss: [{name: sft, weight: 2}]}", "x").objective())
                .isEqualTo(new WeightedLosses(List.of(new Term(2.0, Sft.recipe()))));
    }

    @Test
    void everyLossIsOfTheShapeItSays() {
        assertThat(Losses.TYPES).allSatisfy(type -> {
            var loss = read(
                    Losses.TYPES,
                    "{loss: " + type.name() + (type.name().equals("cdpo") ? ", label-smoothing: 0.1}" : "}"),
                    "x");
            assertThat(loss.name()).isEqualTo(type.name());
            assertThat(loss.objective().shape()).isEqualTo(type.shape());
            assertThat(type.keys()).containsAll(loss.settings().keySet());
        });
        assertThat(Losses.names(SOME, RowShape.RESPONSE)).isEqualTo("sft");
        assertThat(Losses.names(SOME, RowShape.PAIR)).isEqualTo("dpo, ipo or cdpo");
        assertThat(Losses.names(SOME, RowShape.PROMPT)).isEmpty();
    }

    private static LossRecipe read(String yaml, String objective) {
        return read(SOME, yaml, objective);
    }

    private static LossRecipe read(List<LossType> types, String yaml, String objective) {
        var section =
                Section.root("recipe", YamlReader.read("x: " + yaml, "recipe")).section("x");
        return Losses.parse(types, section, objective);
    }
}

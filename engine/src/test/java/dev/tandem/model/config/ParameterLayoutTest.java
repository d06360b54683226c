package dev.tandem.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.golden.Golden;
import dev.tandem.model.family.ModelFamilies;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterLayoutTest {
    /**
     * Seeds draw parameters in this order, and ranks partition them into these units. Runs of earlier versions rely on
     * this.
     */
    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void orderShapesAndUnitsStayAsTheyAre(String family) throws Exception {
        var layout = layout(family);
        var expected = Files.readAllLines(Golden.directory("layouts.txt")).stream()
                .filter(line -> line.startsWith(family + " "))
                .toList();
        assertThat(layout.parameters())
                .extracting(p -> family + " " + p.name() + " " + p.shape() + " " + layout.unit(p.name()))
                .isEqualTo(expected);
        assertThat(layout.units().stream().flatMap(names -> names.stream()))
                .containsExactlyElementsOf(
                        layout.parameters().stream().map(ParameterSpec::name).toList());
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#models")
    void matricesDecayAndNothingElseDoes(String family) {
        assertThat(layout(family).parameters())
                .allSatisfy(p -> assertThat(p.decays()).isEqualTo(p.shape().size() > 1));
    }

    @Test
    void modulesAndTheirAdaptersBelongToTheUnitOfTheirBlock() {
        var layout = layout("llama");
        assertThat(layout.unit("model.layers.1.mlp.up_proj")).isEqualTo(2);
        assertThat(layout.unit("model.layers.1.mlp.up_proj.lora_A")).isEqualTo(2);
        assertThatThrownBy(() -> layout.unit("model.layers.7.mlp.up_proj.lora_A"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void projectionsOfTheSameInputAreComputedAsOne() {
        assertThat(layout("qwen2").sharingInput())
                .startsWith(
                        List.of(
                                "model.layers.0.self_attn.q_proj.weight",
                                "model.layers.0.self_attn.k_proj.weight",
                                "model.layers.0.self_attn.v_proj.weight"),
                        List.of(
                                "model.layers.0.self_attn.q_proj.bias",
                                "model.layers.0.self_attn.k_proj.bias",
                                "model.layers.0.self_attn.v_proj.bias"),
                        List.of("model.layers.0.mlp.gate_proj.weight", "model.layers.0.mlp.up_proj.weight"))
                .hasSize(6);
        assertThat(layout("gpt-neox").sharingInput()).isEmpty();
    }

    private static ParameterLayout layout(String family) {
        return ParameterLayout.of(ModelFamilies.read(Golden.directory(family)));
    }
}

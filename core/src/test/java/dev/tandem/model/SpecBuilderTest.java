package dev.tandem.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.golden.Golden;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tree of specs holds what the flat layout holds, in the same order. */
class SpecBuilderTest {
    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void theTreeHasTheParametersOfTheLayout(String family) {
        var config = ModelConfigReader.read(Golden.directory(family));
        var layout = ParameterLayout.of(config);
        var spec = SpecBuilder.of(config);
        var parameters = new ArrayList<ParameterSpec>();
        parameters.add(spec.embedding().weight());
        spec.blocks().forEach(block -> parameters.addAll(block.parameters()));
        parameters.addAll(spec.finalNorm().parameters());
        if (!spec.head().tied()) {
            parameters.add(spec.head().weight());
        }
        assertThat(parameters).isEqualTo(layout.parameters());
        assertThat(spec.blocks().stream().flatMap(block -> block.linears().stream()))
                .containsExactlyElementsOf(layout.linears());
        var sharing = spec.blocks().stream()
                .flatMap(block -> block.sharingInput().stream())
                .map(group -> group.stream().map(LinearSpec::weightName).toList())
                .toList();
        assertThat(sharing)
                .isEqualTo(layout.sharingInput().stream()
                        .filter(group -> group.get(0).endsWith(".weight"))
                        .toList());
        assertThat(spec.keyValueBytes()).isEqualTo(config.keyValueBytes());
        assertThat(spec.outputMatrix().name())
                .isEqualTo(
                        spec.head().tied()
                                ? layout.parameters().get(0).name()
                                : parameters.get(parameters.size() - 1).name());
        for (var i = 0; i < spec.layers(); i++) {
            var unit = 1 + i;
            assertThat(spec.blocks().get(i).parameters())
                    .allSatisfy(parameter ->
                            assertThat(layout.unit(parameter.name())).isEqualTo(unit));
        }
    }
}

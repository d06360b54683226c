package dev.tandem.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdjacentTensorsTest {
    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void whatIsLaidSideBySideIsOneMatrix() {
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var apart = List.of(matrix(2, 1, 2, 3, 4), matrix(2, 5, 6));
            assertThat(AdjacentTensors.fused(apart, owner)).isEmpty();
            var laid = AdjacentTensors.madeAdjacent(apart);
            for (var i = 0; i < apart.size(); i++) {
                assertThat(Tensors.toFloats(laid.get(i))).isEqualTo(Tensors.toFloats(apart.get(i)));
            }
            var joined = AdjacentTensors.fused(laid, owner).orElseThrow();
            assertThat(joined.shape()).containsExactly(3, 2);
            assertThat(Tensors.toFloats(joined)).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(joined.is_alias_of(laid.get(0))).isTrue();
            // the second time nothing is copied, and in another order they are not adjacent
            assertThat(AdjacentTensors.madeAdjacent(laid)).isSameAs(laid);
            assertThat(AdjacentTensors.fused(List.of(laid.get(1), laid.get(0)), owner))
                    .isEmpty();
        }
    }

    @Test
    void aGapOrAnotherStorageIsNotSideBySide() {
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            var all = matrix(2, 1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(AdjacentTensors.fused(List.of(all.narrow(0, 0, 1), all.narrow(0, 2, 2)), owner))
                    .isEmpty();
            assertThat(AdjacentTensors.fused(List.of(all.narrow(0, 1, 1), all.narrow(0, 2, 2)), owner)
                            .map(Tensors::toFloats))
                    .hasValue(new float[] {3, 4, 5, 6, 7, 8});
            assertThat(AdjacentTensors.fused(List.of(all.narrow(1, 0, 1), all.narrow(1, 1, 1)), owner))
                    .isEmpty();
        }
    }

    @Test
    void gradientsOfTheWholeAreThoseOfTheParts() {
        var initial = new LinkedHashMap<String, Tensor>();
        try (var scope = new PointerScope();
                var owner = new TensorOwner()) {
            initial.put("a", matrix(2, 1, 2));
            initial.put("b", matrix(2, 3, 4));
            try (var parameters = FlatParameters.of(initial, name -> true, Devices.of("cpu"))) {
                var leaves = parameters.leaves();
                var whole = AdjacentTensors.fused(List.of(of(leaves, "a"), of(leaves, "b")), owner)
                        .orElseThrow();
                assertThat(whole.is_leaf()).isTrue();
                whole.mul(matrix(2, 10, 20, 30, 40)).sum().backward();
                whole.sum().backward();
                assertThat(Tensors.toFloats(parameters.gradient("a"))).containsExactly(11, 21);
                assertThat(Tensors.toFloats(parameters.gradient("b"))).containsExactly(31, 41);
            }
        }
    }

    private static Tensor of(Map<String, Tensor> tensors, String name) {
        return tensors.get(name);
    }

    private static Tensor matrix(int columns, float... values) {
        return Tensors.of(values, Devices.of("cpu"), values.length / columns, columns);
    }
}

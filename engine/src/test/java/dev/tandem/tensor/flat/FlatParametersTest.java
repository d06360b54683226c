package dev.tandem.tensor.flat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.machine.NativeSetup;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FlatParametersTest {
    private final Device cpu = new Device("cpu");

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @Test
    void decayedParametersComeFirstAndValuesAreCopied() {
        try (var scope = new PointerScope();
                var parameters = FlatParameters.of(initial(), name -> name.endsWith("weight"), cpu)) {
            assertThat(parameters.leaves().keySet()).containsExactly("a.weight", "b.weight", "a.norm");
            assertThat(parameters.decayedElements()).isEqualTo(5);
            assertThat(parameters.elements()).isEqualTo(7);
            assertThat(Tensors.toFloats(parameters.values())).containsExactly(3, 4, 5, 6, 7, 1, 2);
            assertThat(parameters.values().scalar_type().intern()).isEqualTo(ScalarType.Float);
        }
    }

    @Test
    void leavesAreViewsOfTheFlatBuffer() {
        try (var scope = new PointerScope();
                var parameters = FlatParameters.of(initial(), name -> false, cpu)) {
            parameters.values().fill_(new Scalar(8.0));
            parameters.leaves().forEach((name, leaf) -> {
                assertThat(leaf.is_leaf() && leaf.requires_grad()).as(name).isTrue();
                assertThat(Tensors.toFloats(leaf)).containsOnly(8f);
            });
            assertThat(leaf(parameters, "a.weight").shape()).containsExactly(2, 2);
        }
    }

    @Test
    void backwardAddsUpInTheFlatGradient() {
        try (var scope = new PointerScope();
                var parameters = FlatParameters.of(initial(), name -> false, cpu)) {
            var norm = leaf(parameters, "a.norm");
            var weight = leaf(parameters, "a.weight");
            for (var pass = 0; pass < 2; pass++) {
                norm.mul(norm).sum().add(weight.mul(new Scalar(3.0)).sum()).backward();
            }
            // order given: a.norm (gradient 2·(1, 2) a pass), a.weight (3 a pass), b.weight (not used)
            assertThat(Tensors.toFloats(parameters.gradient())).containsExactly(4, 8, 6, 6, 6, 6, 0);
            assertThat(Tensors.toFloats(parameters.gradient("a.weight"))).containsExactly(6, 6, 6, 6);
            parameters.zeroGradient();
            assertThat(Tensors.toFloats(parameters.gradient("a.norm"))).containsOnly(0f);
            weight.sum().backward();
            assertThat(Tensors.toFloats(parameters.gradient())).containsExactly(0, 0, 1, 1, 1, 1, 0);
        }
    }

    @Test
    void anUnknownParameterIsAnError() {
        try (var parameters = FlatParameters.of(Map.of(), name -> true, cpu)) {
            assertThat(parameters.elements()).isZero();
            assertThatThrownBy(() -> parameters.gradient("x")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anOwnerKeepsWhatAScopeWouldFree() {
        var owner = new TensorOwner();
        Tensor kept;
        Tensor freed;
        try (var scope = new PointerScope()) {
            kept = owner.own(Tensors.of(new float[] {1, 2, 3}, cpu, 3));
            freed = Tensors.zeros(cpu, 3);
        }
        assertThat(freed.isNull()).isTrue();
        assertThat(kept.isNull()).isFalse();
        owner.close();
        owner.close();
        assertThat(kept.isNull()).isTrue();
    }

    @Test
    void devicesThatAreNotThereAreExplained() {
        assertThat(Devices.of("cpu").is_cpu()).isTrue();
        for (var name : new String[] {"gpu", "", "cuda:", "cuda:-1", "cuda:1000000", "CPU", "cuda:999"}) {
            assertThatThrownBy(() -> Devices.of(name))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("device '" + name + "'");
        }
    }

    private static Tensor leaf(FlatParameters parameters, String name) {
        var leaf = parameters.leaves().get(name);
        assertThat(leaf).isNotNull();
        return leaf;
    }

    /** In bfloat16, which holds these values exactly. */
    private Map<String, Tensor> initial() {
        var result = new LinkedHashMap<String, Tensor>();
        result.put("a.norm", Tensors.of(new float[] {1, 2}, cpu, 2).to(ScalarType.BFloat16));
        result.put("a.weight", Tensors.of(new float[] {3, 4, 5, 6}, cpu, 2, 2));
        result.put("b.weight", Tensors.of(new float[] {7}, cpu, 1));
        return result;
    }
}

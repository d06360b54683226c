package dev.tandem.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BenchTest {
    private static final BenchLengths LENGTHS = new BenchLengths(
            List.of(new BenchLengths.Sft(4, 9), new BenchLengths.Sft(7, 2), new BenchLengths.Sft(3, 3)),
            List.of(new BenchLengths.Pair(5, 4, 7), new BenchLengths.Pair(9, 2, 3)));

    @Test
    void theNaiveWayStepsOnTheSameTokens() {
        var result = new Bench(settings(3, Set.of("sft", "preference"), true), what -> {}).run();
        assertThat(result.workloads().stream().map(WorkloadResult::name))
                .containsExactly("sft", "preference", "naive sft", "naive preference");
        // warm-up takes rows 0 and 1; then rows 2 and 0, 1 and 2, 0 and 1
        var sft = List.of(6L + 13, 9L + 6, 13L + 9);
        assertThat(tokens(result.workloads().get(0))).isEqualTo(sft);
        assertThat(tokens(result.workloads().get(2))).isEqualTo(sft);
        assertThat(tokens(result.workloads().get(1)))
                .isEqualTo(tokens(result.workloads().get(3)))
                .isEqualTo(List.of(44L, 44L, 44L));
        assertThat(result.mixTokensPerSecond()).isPresent();
        assertThat(result.naiveMixTokensPerSecond()).isPresent();
        assertThat(result.methods()).isEmpty();
        assertThat(result.generation()).isEmpty();
    }

    @Test
    void methodsAreComparedOverWholePeriods() {
        var messages = new ArrayList<String>();
        var result = new Bench(settings(20, Set.of("maxright"), false), messages::add).run();
        assertThat(messages).contains("methods, round 2 of 2").doesNotContain("warm-up");
        assertThat(result.methods().stream().map(MethodResult::name)).containsExactly("sequential", "maxright");
        assertThat(result.methods()).allSatisfy(m -> {
            assertThat(m.rounds()).hasSize(2);
            assertThat(m.tokensPerSecond()).isPositive();
        });
        assertThat(result.methods().get(0).relative()).isCloseTo(1, within(1e-9));
        assertThat(result.workloads()).isEmpty();
        assertThat(result.ceilingGflops()).isEmpty();
        assertThat(result.mixTokensPerSecond()).isEmpty();
    }

    @Test
    void tellsWhichWorkloadsThereAre() {
        assertThatThrownBy(() -> settings(1, Set.of("dpo"), false))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith(
                        "There is no workload 'dpo'. Known: sft, preference, sequential, mix, alright, maxright,")
                .hasMessageEndingWith(" generation.");
    }

    private static List<Long> tokens(WorkloadResult workload) {
        return workload.steps().stream().map(WorkloadResult.StepTime::tokens).toList();
    }

    private static BenchSettings settings(int steps, Set<String> only, boolean naive) {
        var tiny = BenchShape.named("tiny");
        return new BenchSettings(
                tiny, Precision.FP32, 4, tiny.attentionInputs(), false, 2, 2, LENGTHS, 1, steps, 2, naive, only);
    }
}

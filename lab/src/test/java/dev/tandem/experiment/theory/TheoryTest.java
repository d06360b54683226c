package dev.tandem.experiment.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.experiment.theory.TheoryResult.MethodGaps;
import dev.tandem.experiment.theory.problem.ConvexProblem;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The paper's claims, in a grid small enough for a test. */
class TheoryTest {
    private static final TheorySettings SETTINGS =
            TheorySettings.of(0.5, 8, 10).withGrid(List.of(64, 256, 1024, 4096, 8192));

    @Test
    void jointMethodsReachTheBestTradeOffAndSequentialDoesNot() {
        var result = new Theory(SETTINGS).run();

        for (var sequential : List.of("sequential-sft-first", "sequential-preference-first")) {
            var method = method(result, sequential);
            assertThat(method.mixGap().floor()).isGreaterThan(0.05);
            assertThat(method.maxGap().floor()).isGreaterThan(0.05);
            assertThat(method.verdict()).startsWith("does not shrink");
        }
        for (var joint : List.of("mix", "alright", "maxright-all-data")) {
            var method = method(result, joint);
            assertThat(method.slope()).as(joint).isLessThanOrEqualTo(-0.4);
            assertThat(method.slopeHigh()).isLessThan(-0.25);
            assertThat(method.boundedGap().mean().get(4)).isLessThan(0.003);
            assertThat(method.verdict()).startsWith("shrinks like T^-0.");
        }
    }

    /**
     * Holds not only for the data of the default seed: the end point of Sequential with a long last stage is far from
     * both.
     */
    @Test
    void whateverTheSeedTheDataDisagree() {
        for (var seed = 1; seed <= 10; seed++) {
            var tradeOff = new TradeOff(ConvexProblem.conflicting(seed, 1.0), 0.5);
            for (var end : List.of(tradeOff.sft().point(), tradeOff.preference().point())) {
                assertThat(tradeOff.mixGap(end)).as("seed %d", seed).isGreaterThan(0.02);
                assertThat(tradeOff.maxGap(end)).as("seed %d", seed).isGreaterThan(0.02);
            }
        }
    }

    /**
     * Sampled losses choose with a bias that does not vanish; more so where one loss decides, and most where an objective
     * waits until its next batch, easy as it may be, has the larger loss.
     */
    @Test
    void maxrightIsOnlyAsGoodAsTheLossesItIsTold() {
        var settings = TheorySettings.of(0.3, 8, 10).withGrid(List.of(1024, 2048, 4096));
        var result = new Theory(settings).run();
        var observed = method(result, "maxright-all-data").maxGap().mean().get(2);
        var running = method(result, "maxright").maxGap().mean().get(2);
        var lastLoss = method(result, "maxright-last-loss").maxGap().mean().get(2);
        var nextBatch = method(result, "maxright-next-batch").maxGap().mean().get(2);
        assertThat(running).isGreaterThan(3 * observed);
        assertThat(lastLoss).isGreaterThan(2 * running);
        assertThat(nextBatch).isGreaterThan(1.2 * lastLoss);
    }

    @Test
    void theSameSettingsGiveTheSameResult() {
        var settings = TheorySettings.of(0.4, 3, 5).withGrid(List.of(16, 32, 64));
        assertThat(new Theory(settings).run().toJson())
                .isEqualTo(new Theory(settings).run().toJson());
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThatThrownBy(() -> TheorySettings.of(0.0, 3, 5)).isInstanceOf(UserException.class);
        assertThatThrownBy(() -> TheorySettings.of(0.5, 1, 5)).hasMessageContaining("seeds is 1");
        assertThatThrownBy(() -> TheorySettings.of(0.5, 3, 0)).hasMessageContaining("probe-every is 0");
        assertThatThrownBy(() -> SETTINGS.withGrid(List.of(1, 4, 2))).hasMessageContaining("grid");
    }

    private static MethodGaps method(TheoryResult result, String name) {
        return Objects.requireNonNull(result.methods().stream()
                .filter(m -> m.method().equals(name))
                .findFirst()
                .orElse(null));
    }
}

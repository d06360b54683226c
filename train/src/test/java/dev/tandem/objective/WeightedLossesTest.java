package dev.tandem.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.data.example.RowShape;
import dev.tandem.objective.WeightedLosses.Term;
import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.response.Sft;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A sum of losses is the sum of their separate values. */
class WeightedLossesTest {
    private static final LossRecipe DPO = new LossRecipe("dpo", Map.of(), new Dpo(0.1));
    private static final LossRecipe IPO = new LossRecipe("ipo", Map.of(), new Ipo(0.1));

    @Test
    void aLossOnResponsesSeesTheChosenOnes() {
        var random = new SplittableRandom(7);
        for (var round = 0; round < 50; round++) {
            var pairs = random.nextInt(1, 6);
            var policy = Batches.random(random, 2 * pairs);
            var part = ScoredBatch.of(policy, Batches.reference(random, policy));
            var counts = Batches.counts(policy, 2);
            var weight = random.nextDouble(0.1, 3.0);
            var sum = new WeightedLosses(List.of(new Term(1.0, DPO), new Term(weight, Sft.recipe())))
                    .evaluate(part, counts);
            var dpo = new Dpo(0.1).evaluate(part, counts);
            var nll = 0.0;
            for (var i = 0; i < pairs; i++) {
                nll -= policy.sum(2 * i) / counts.trainedTokens().get(0);
            }
            assertThat(sum.loss()).isCloseTo(dpo.loss() + weight * nll, within(1e-9));
            assertThat(sum.statistics())
                    .containsAllEntriesOf(dpo.statistics())
                    .containsEntry("dpo_loss", dpo.loss())
                    .hasSize(dpo.statistics().size() + 2);
            assertThat(sum.statistics().get("sft_loss")).isCloseTo(nll, within(1e-9));
            for (var s = 0; s < policy.sequences(); s++) {
                var ofSft = s % 2 == 0 ? -weight / counts.trainedTokens().get(0) : 0.0;
                for (var i = policy.offsets()[s]; i < policy.offsets()[s + 1]; i++) {
                    assertThat(sum.tokenGradients()[i])
                            .isCloseTo((float) (dpo.tokenGradients()[i] + ofSft), within(1e-6f));
                }
            }
        }
    }

    @Test
    void statisticsOfTheSameNameAreToldApart() {
        var policy = Batches.random(new SplittableRandom(8), 4);
        var part = ScoredBatch.of(policy, Batches.reference(new SplittableRandom(9), policy));
        var sum = new WeightedLosses(List.of(new Term(1.0, DPO), new Term(1.0, IPO)));
        assertThat(sum.evaluate(part, Batches.counts(policy, 2)).statistics())
                .containsKeys("dpo_loss", "ipo_loss", "dpo/margin", "ipo/margin")
                .doesNotContainKey("margin");
    }

    @Test
    void needsOneShapeAndDifferentNames() {
        assertThat(new WeightedLosses(List.of(new Term(1.0, Sft.recipe()))).shape())
                .isEqualTo(RowShape.RESPONSE);
        assertThat(new WeightedLosses(List.of(new Term(1.0, Sft.recipe()))).needsReference())
                .isFalse();
        assertThatThrownBy(() -> new WeightedLosses(List.of())).isInstanceOf(UserException.class);
        assertThatThrownBy(() -> new WeightedLosses(List.of(new Term(1.0, DPO), new Term(2.0, DPO))))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("different names");
        for (var weight : new double[] {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Term(weight, DPO)).isInstanceOf(UserException.class);
        }
    }
}

package dev.tandem.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.Batching;
import dev.tandem.data.DataRecipe;
import dev.tandem.data.Overlong;
import dev.tandem.data.TokensFormat;
import dev.tandem.recipe.ObjectiveRecipe;
import dev.tandem.recipe.ObjectiveRecipe.Loss;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ObjectivesTest {

    @Test
    void recipesNameObjectives() {
        assertThat(Objectives.of(recipe(Loss.SFT, 0.1, 0.0))).isEqualTo(new Sft());
        assertThat(Objectives.of(recipe(Loss.DPO, 0.2, 0.0))).isEqualTo(new Dpo(0.2));
        assertThat(Objectives.of(recipe(Loss.DPO, 0.2, 0.3))).isEqualTo(new Dpo(0.2, 0.3));
        assertThat(Objectives.of(recipe(Loss.CDPO, 0.2, 0.3))).isEqualTo(new Dpo(0.2, 0.3));
        assertThat(Objectives.of(recipe(Loss.IPO, 0.2, 0.0))).isEqualTo(new Ipo(0.2));
    }

    @Test
    void aSettingThatMeansNothingIsAnError() {
        assertThatThrownBy(() -> Objectives.of(recipe(Loss.IPO, 0.1, 0.1)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("loss: ipo has none");
        assertThatThrownBy(() -> Objectives.of(recipe(Loss.SFT, 0.1, 0.1)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("loss: sft has none");
        assertThatThrownBy(() -> Objectives.of(recipe(Loss.CDPO, 0.1, 0.0)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cdpo needs label-smoothing");
    }

    private static ObjectiveRecipe recipe(Loss loss, double beta, double labelSmoothing) {
        return new ObjectiveRecipe(
                loss,
                beta,
                labelSmoothing,
                new DataRecipe(
                        loss.shape(),
                        List.of(),
                        List.of(),
                        0.03,
                        new TokensFormat(),
                        Optional.empty(),
                        64,
                        Overlong.CUT,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        new Batching.Examples(1),
                        true),
                OptionalInt.empty(),
                0.0);
    }
}

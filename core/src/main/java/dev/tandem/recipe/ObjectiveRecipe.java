package dev.tandem.recipe;

import dev.tandem.data.DataRecipe;
import dev.tandem.data.RowShape;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * One objective and its data.
 *
 * @param loss which loss
 * @param beta β of preference losses (default 0.1)
 * @param labelSmoothing ε of conservative DPO (default 0; only with {@code loss: dpo} or {@code cdpo})
 * @param data what it learns from; in YAML its keys stand beside the others
 * @param microBatchSize examples in the model at once; absent: the whole batch. Loss and gradient do not depend on it
 * @param optimum f*: the loss this objective reaches alone; absent: 0
 */
public record ObjectiveRecipe(
        Loss loss, double beta, double labelSmoothing, DataRecipe data, OptionalInt microBatchSize, double optimum) {

    /** What rows give to the loss. */
    public RowShape shape() {
        return data.shape();
    }

    /** The same with another f*. */
    public ObjectiveRecipe withOptimum(double value) {
        return new ObjectiveRecipe(loss, beta, labelSmoothing, data, microBatchSize, value);
    }

    /** SFT on the same data; on pairs it learns from the chosen answers. */
    public ObjectiveRecipe asSft() {
        return new ObjectiveRecipe(Loss.SFT, beta, 0, data.withShape(RowShape.RESPONSE), microBatchSize, 0);
    }

    /** The same on data found elsewhere. */
    ObjectiveRecipe located(UnaryOperator<Path> where) {
        return new ObjectiveRecipe(loss, beta, labelSmoothing, data.located(where), microBatchSize, optimum);
    }

    /** Losses by their YAML names: {@code sft}, {@code dpo}, {@code ipo}, {@code cdpo}. */
    public enum Loss {
        /** −log-prob of responses. */
        SFT(RowShape.RESPONSE),
        /** Direct preference optimisation. */
        DPO(RowShape.PAIR),
        /** Identity preference optimisation. */
        IPO(RowShape.PAIR),
        /** DPO with label smoothing. */
        CDPO(RowShape.PAIR);

        private final RowShape shape;

        Loss(RowShape shape) {
            this.shape = shape;
        }

        /** What it learns from. */
        public RowShape shape() {
            return shape;
        }
    }
}

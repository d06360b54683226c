package dev.tandem.recipe;

import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.objective.LossRecipe;
import dev.tandem.objective.response.Sft;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * One objective and its data. In YAML the keys of the loss and of the data are beside the others.
 *
 * @param loss what is minimised
 * @param data what it learns from, in the shape that the loss takes
 * @param microBatchSize examples in the model at the same time; absent: the whole batch. Loss and gradient do not depend on
 *     it
 * @param optimum f*: the loss this objective reaches alone; absent: unknown
 */
public record ObjectiveRecipe(LossRecipe loss, DataRecipe data, OptionalInt microBatchSize, OptionalDouble optimum) {

    /** The shape of the rows that the loss receives. */
    public RowShape shape() {
        return data.shape();
    }

    /** This objective with another f*. */
    public ObjectiveRecipe withOptimum(double value) {
        return new ObjectiveRecipe(loss, data, microBatchSize, OptionalDouble.of(value));
    }

    /** SFT on the same data; on pairs it learns from the chosen answers. */
    public ObjectiveRecipe asSft() {
        return new ObjectiveRecipe(
                Sft.recipe(), data.withShape(RowShape.RESPONSE), microBatchSize, OptionalDouble.empty());
    }

    /** This objective on data found elsewhere. */
    ObjectiveRecipe mapPaths(UnaryOperator<Path> where) {
        return new ObjectiveRecipe(loss, data.mapPaths(where), microBatchSize, optimum);
    }
}

package dev.tandem.model.head;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Where a tile of the vocabulary holds the tokens to predict.
 *
 * @param column of the target within the tile, {@code [rows, 1]}, int64; any column where it is in another tile
 * @param here whether it is in this tile, {@code [rows, 1]}
 */
record TargetsInTile(Tensor column, Tensor here) {

    /** @param targets {@code [rows, 1]}, int64 */
    static TargetsInTile of(Tensor targets, HeadTiles.Range columns) {
        var offset = targets.sub(new Scalar(columns.from()));
        var column =
                offset.clamp(new ScalarOptional(new Scalar(0L)), new ScalarOptional(new Scalar(columns.size() - 1)));
        return new TargetsInTile(column, column.eq(offset));
    }
}

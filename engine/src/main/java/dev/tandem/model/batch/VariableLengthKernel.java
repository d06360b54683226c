package dev.tandem.model.batch;

import java.util.OptionalDouble;
import org.bytedeco.pytorch.Tensor;

/** Attention of all sequences of a batch in one call, without padding and without a mask. */
public interface VariableLengthKernel {
    /**
     * Whether the kernel supports heads of that size.
     *
     * @param headDim numbers of a query, a key or a value
     */
    boolean fits(int headDim);

    /**
     * Computes attention. A row of a span sees the span's keys up to the one at the row's own position, counted from
     * the end, and no further back than the window.
     *
     * @param query {@code [rows, heads, headDim]}, float32
     * @param key {@code [keys, kvHeads, headDim]}, float32
     * @param value {@code [keys, kvHeads, headDim]}, float32
     * @param scale factor of the scores; absent: 1/√headDim
     * @return {@code [rows, heads, headDim]}
     */
    Tensor attend(Tensor query, Tensor key, Tensor value, Ragged spans, OptionalDouble scale);

    /**
     * Where spans begin and end.
     *
     * @param queryStarts first row of each span, and the end of the last, {@code [spans + 1]}, int32
     * @param keyStarts first key of each span, and the end of the last, {@code [spans + 1]}, int32
     * @param longestQuery number of rows of the longest span
     * @param longestKey number of keys of the span that has most
     * @param window how far back a row sees, itself included; 0: to the beginning
     */
    record Ragged(Tensor queryStarts, Tensor keyStarts, long longestQuery, long longestKey, long window) {}
}

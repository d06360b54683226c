package dev.tandem.model;

import java.util.OptionalDouble;
import org.bytedeco.pytorch.Tensor;

/** Attention of all sequences of a batch in one call, without padding and without a mask. */
public interface VariableLengthKernel {
    /**
     * Whether it can compute heads of that size.
     *
     * @param headDim numbers of a query, a key or a value
     */
    boolean fits(int headDim);

    /**
     * Attends: a row of a span sees the span's keys up to the one that stands where it does, counted from the end, and no
     * further back than the window.
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
     * @param keyStarts the same of its keys, {@code [spans + 1]}, int32
     * @param longestQuery rows of the longest span
     * @param longestKey keys of the span that has most
     * @param window how far back a row sees, itself included; 0: to the beginning
     */
    record Ragged(Tensor queryStarts, Tensor keyStarts, long longestQuery, long longestKey, long window) {}
}

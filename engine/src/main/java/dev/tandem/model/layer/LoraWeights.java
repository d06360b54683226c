package dev.tandem.model.layer;

import org.bytedeco.pytorch.Tensor;

/**
 * Low-rank weights of one module: its output gains {@code scale · B·A·dropout(x)}.
 *
 * @param a {@code [rank, in]}, float32
 * @param b {@code [out, rank]}, float32
 * @param scale alpha / rank (rank-stabilised: alpha / √rank)
 * @param dropout probability of zeroing an input of A while training
 */
public record LoraWeights(Tensor a, Tensor b, double scale, double dropout) {}

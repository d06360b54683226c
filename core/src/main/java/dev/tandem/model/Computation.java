package dev.tandem.model;

import dev.tandem.tensor.MatrixProducts;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How and where a model computes. None of it changes results beyond the last bits, except the dtype.
 *
 * @param type dtype of weights and activations
 * @param productType dtype that matrix products are computed in: {@code type}, or float32 with results rounded to
 *     {@code type}
 * @param device where parameters and activations live
 * @param headChunk tokens of one chunk of the output head; 0: chosen from the vocabulary size
 * @param sharedPrompts compute the prompt of a pair once where that saves time
 * @param checkpointActivations keep only the blocks' inputs for the backward pass and compute the rest again
 */
public record Computation(
        ScalarType type,
        ScalarType productType,
        Device device,
        int headChunk,
        boolean sharedPrompts,
        boolean checkpointActivations) {

    /** The usual: products in the dtype that is fastest here, shared prompts, all activations kept. */
    public static Computation of(ScalarType type, Device device) {
        return new Computation(type, MatrixProducts.fastest(type, device), device, 0, true, false);
    }

    /** With products in another dtype. */
    public Computation withProductType(ScalarType products) {
        return new Computation(type, products, device, headChunk, sharedPrompts, checkpointActivations);
    }

    /** With another chunk of the output head, tokens; 0: chosen from the vocabulary size. */
    public Computation withHeadChunk(int tokens) {
        return new Computation(type, productType, device, tokens, sharedPrompts, checkpointActivations);
    }

    /** With prompts shared or not. */
    public Computation withSharedPrompts(boolean on) {
        return new Computation(type, productType, device, headChunk, on, checkpointActivations);
    }

    /** With activations computed again in the backward pass or not. */
    public Computation withCheckpointActivations(boolean on) {
        return new Computation(type, productType, device, headChunk, sharedPrompts, on);
    }
}

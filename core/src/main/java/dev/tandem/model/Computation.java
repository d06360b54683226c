package dev.tandem.model;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How and where a model computes. None of it changes results beyond the last bits, except the dtype.
 *
 * @param type dtype of weights and activations
 * @param device where parameters and activations live
 * @param headChunk tokens of one chunk of the output head; 0: chosen from the vocabulary size
 * @param sharedPrompts compute the prompt of a pair once where that saves time
 * @param checkpointActivations keep only the blocks' inputs for the backward pass and compute the rest again
 */
public record Computation(
        ScalarType type, Device device, int headChunk, boolean sharedPrompts, boolean checkpointActivations) {

    /** The usual: shared prompts, all activations kept. */
    public static Computation of(ScalarType type, Device device) {
        return new Computation(type, device, 0, true, false);
    }

    /** With another chunk of the output head, tokens. */
    public Computation withHeadChunk(int tokens) {
        return new Computation(type, device, tokens, sharedPrompts, checkpointActivations);
    }

    /** With prompts shared or not. */
    public Computation withSharedPrompts(boolean on) {
        return new Computation(type, device, headChunk, on, checkpointActivations);
    }

    /** With activations computed again in the backward pass or not. */
    public Computation withCheckpointActivations(boolean on) {
        return new Computation(type, device, headChunk, sharedPrompts, on);
    }
}

package dev.tandem.model;

import dev.tandem.model.attention.FlashAttention;
import dev.tandem.model.batch.VariableLengthKernel;
import dev.tandem.model.head.HeadTiles;
import dev.tandem.tensor.machine.MatrixProducts;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How and where a model computes. None of it changes results beyond the last bits, except the dtype.
 *
 * @param type dtype of weights and activations
 * @param productType dtype that matrix products are computed in: {@code type}, or float32 with results rounded to
 *     {@code type}
 * @param device where parameters and activations live
 * @param headTiles how the output head parts its work
 * @param sharedPrompts compute the prompt of a pair once where that saves time
 * @param checkpointActivations keep only the blocks' inputs for the backward pass and compute the rest again
 * @param fusedProjections multiply weights that read the same input (query, key and value; gate and up) as one matrix,
 *     where they lie side by side: fewer calls, which is what a GPU waits for. A CPU loses more over the outputs, which are
 *     then strided, than it gains
 * @param variableLength attends all sequences of a batch in one call, if it has the model's heads
 */
public record Computation(
        ScalarType type,
        ScalarType productType,
        Device device,
        HeadTiles headTiles,
        boolean sharedPrompts,
        boolean checkpointActivations,
        boolean fusedProjections,
        Optional<VariableLengthKernel> variableLength) {

    /** The usual: products in the dtype that is fastest here, shared prompts, all activations kept. */
    public static Computation of(ScalarType type, Device device) {
        return new Computation(
                type,
                MatrixProducts.fastest(type, device),
                device,
                HeadTiles.of(device),
                true,
                false,
                !device.is_cpu(),
                FlashAttention.of(type, device));
    }

    /** With products in another dtype. */
    public Computation withProductType(ScalarType products) {
        return new Computation(
                type,
                products,
                device,
                headTiles,
                sharedPrompts,
                checkpointActivations,
                fusedProjections,
                variableLength);
    }

    /** With an output head that parts its work otherwise. */
    public Computation withHeadTiles(HeadTiles tiles) {
        return new Computation(
                type,
                productType,
                device,
                tiles,
                sharedPrompts,
                checkpointActivations,
                fusedProjections,
                variableLength);
    }

    /** With prompts shared or not. */
    public Computation withSharedPrompts(boolean on) {
        return new Computation(
                type, productType, device, headTiles, on, checkpointActivations, fusedProjections, variableLength);
    }

    /** With activations computed again in the backward pass or not. */
    public Computation withCheckpointActivations(boolean on) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, on, fusedProjections, variableLength);
    }

    /** With projections of the same input as one or not. */
    public Computation withFusedProjections(boolean on) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, checkpointActivations, on, variableLength);
    }

    /** With attention of all sequences in one call, or without. */
    public Computation withVariableLength(Optional<VariableLengthKernel> kernel) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, checkpointActivations, fusedProjections, kernel);
    }
}

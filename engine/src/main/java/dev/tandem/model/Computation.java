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
 * @param headTiles how the output head partitions its work
 * @param sharedPrompts whether to compute the prompt of a pair only once where that saves time
 * @param checkpointActivations whether to keep only the blocks' inputs for the backward pass and recompute the rest
 * @param fusedProjections whether to multiply weights that read the same input (query, key and value; gate and up) as
 *     one matrix, if they are adjacent in memory. That makes fewer calls, which limit a GPU. A CPU loses more from the
 *     outputs, which are then strided, than it gains
 * @param variableLength kernel that attends all sequences of a batch in one call, if it supports the model's heads
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

    /** The default: products in the dtype that is fastest on this machine, shared prompts, all activations kept. */
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

    /** This computation with products in another dtype. */
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

    /** This computation with other tiles of the output head. */
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

    /** This computation with or without shared prompts. */
    public Computation withSharedPrompts(boolean on) {
        return new Computation(
                type, productType, device, headTiles, on, checkpointActivations, fusedProjections, variableLength);
    }

    /** This computation with or without activation checkpointing. */
    public Computation withCheckpointActivations(boolean on) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, on, fusedProjections, variableLength);
    }

    /** This computation with or without fused projections. */
    public Computation withFusedProjections(boolean on) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, checkpointActivations, on, variableLength);
    }

    /** This computation with or without a kernel for variable lengths. */
    public Computation withVariableLength(Optional<VariableLengthKernel> kernel) {
        return new Computation(
                type, productType, device, headTiles, sharedPrompts, checkpointActivations, fusedProjections, kernel);
    }
}

package dev.tandem.model.config;

import java.util.List;

/** A part of a block that has parameters. */
public interface ModuleSpec {
    /** All of its parameters, in the order of the forward pass. */
    List<ParameterSpec> parameters();

    /** Its linear modules, which LoRA can attach to, in the order of the forward pass. */
    List<LinearSpec> linears();

    /**
     * Linear modules that read the same input, in order: if their weights are adjacent in memory, they are computed as
     * one.
     */
    List<List<LinearSpec>> sharingInput();
}

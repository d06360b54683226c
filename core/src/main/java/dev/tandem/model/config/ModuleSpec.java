package dev.tandem.model.config;

import dev.tandem.model.LinearSpec;
import dev.tandem.model.ParameterSpec;
import java.util.List;

/** A part of a block that has parameters. */
public interface ModuleSpec {
    /** All of its parameters, in the order of the forward pass. */
    List<ParameterSpec> parameters();

    /** Its linear modules, in the order of the forward pass: what LoRA can attach to. */
    List<LinearSpec> linears();

    /** Linear modules that read the same input, in order: where their weights are adjacent in memory they are computed as one. */
    List<List<LinearSpec>> sharingInput();
}

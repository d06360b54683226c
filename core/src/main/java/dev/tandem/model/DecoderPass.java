package dev.tandem.model;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * A forward pass through the decoder whose backward pass is still to come. The scope it was made in frees it.
 *
 * <p>With activation checkpointing (Chen et al., 2016, arXiv 1604.06174) it holds the input of every block alone; the
 * backward pass computes a block once more, with the same dropout, and then its gradient: the same operations on the
 * same numbers, so the same gradient.
 */
public final class DecoderPass {
    private final Tensor output;
    private final Tensor afterBlocks;
    private final List<Recomputed> blocks;

    /**
     * @param output {@code [rows, hidden]}
     * @param afterBlocks what {@code output} was computed from if {@code blocks} are not part of the graph: a leaf
     * @param blocks to compute again, first to last
     */
    DecoderPass(Tensor output, Tensor afterBlocks, List<Recomputed> blocks) {
        this.output = output;
        this.afterBlocks = afterBlocks;
        this.blocks = List.copyOf(blocks);
    }

    /**
     * A block to compute again.
     *
     * @param input {@code [tokens, hidden]}; part of a graph if what comes before the blocks is trained
     * @param gradientWanted whether anything before the block needs the gradient of its input
     * @param forward from a leaf with the input's values to the block's output
     */
    record Recomputed(Tensor input, boolean gradientWanted, Forward forward) {}

    interface Forward {
        Tensor apply(Tensor input);
    }

    /** Hidden states after the final norm, of the rows asked for, {@code [rows, hidden]}. */
    public Tensor output() {
        return output;
    }

    /**
     * Adds the gradient of {@code Σ gradient · output} to the parameters' gradients.
     *
     * @param gradient {@code [rows, hidden]}
     */
    public void backward(Tensor gradient) {
        try (var scope = new PointerScope()) {
            run(output, gradient);
            if (blocks.isEmpty()) {
                return;
            }
            var passed = gradientOf(afterBlocks);
            for (var i = blocks.size() - 1; i >= 0; i--) {
                passed = backward(blocks.get(i), passed, scope);
            }
            var first = blocks.get(0);
            if (first.gradientWanted()) {
                run(first.input(), passed);
            }
        }
    }

    private static Tensor backward(Recomputed block, Tensor gradient, PointerScope outer) {
        try (var scope = new PointerScope()) {
            var leaf = block.input().detach();
            leaf.set_requires_grad(block.gradientWanted());
            var again = block.forward().apply(leaf);
            if (again.requires_grad()) {
                run(again, gradient);
            }
            if (!block.gradientWanted()) {
                return gradient;
            }
            var passed = gradientOf(leaf);
            outer.attach(passed);
            return passed;
        }
    }

    private static void run(Tensor tensor, Tensor gradient) {
        tensor.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** A reference of its own: what {@code grad()} returns points into the tensor. */
    private static Tensor gradientOf(Tensor leaf) {
        return new Tensor(leaf.grad());
    }
}

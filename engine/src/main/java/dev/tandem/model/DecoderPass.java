package dev.tandem.model;

import dev.tandem.model.layer.UnitHooks;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * A forward pass through the decoder whose backward pass has not run yet. The scope it was created in frees it.
 *
 * <p>It is one graph, or one graph per block, so that a block's gradient can be used as soon as it is complete. With
 * activation checkpointing (Chen et al., 2016, arXiv 1604.06174) it holds only the input of every block; the backward
 * pass recomputes a block, with the same dropout, and then its gradient. These are the same operations on the same
 * numbers, so the gradient is the same.
 */
public final class DecoderPass {
    private final Tensor output;
    private final List<Segment> blocks;
    private final Segment end;
    private final UnitHooks units;

    /**
     * @param output {@code [rows, hidden]}
     * @param blocks first to last; none: the graph is one
     * @param end the part after the blocks
     * @param units notified when a block's parameters are used
     */
    DecoderPass(Tensor output, List<Segment> blocks, Segment end, UnitHooks units) {
        this.output = output;
        this.blocks = List.copyOf(blocks);
        this.end = end;
        this.units = units;
    }

    /** A pass with a single graph. */
    static DecoderPass inOnePiece(Tensor output) {
        return new DecoderPass(output, List.of(), Segment.kept(output, false, output, output), UnitHooks.WHOLE);
    }

    /**
     * A block, or the final norm, with a graph of its own.
     *
     * @param input {@code [tokens, hidden]}; part of a graph if anything before the blocks is trained
     * @param gradientWanted whether anything before the block needs the gradient of its input
     * @param graph the block's output, and the leaf it was computed from; may be computed on demand
     */
    record Segment(Tensor input, boolean gradientWanted, Graph graph) {

        /** A block to recompute. */
        static Segment again(Tensor input, boolean gradientWanted, Forward forward) {
            return new Segment(input, gradientWanted, () -> {
                var leaf = input.detach();
                leaf.set_requires_grad(gradientWanted);
                return new Computed(leaf, forward.apply(leaf));
            });
        }

        /** A block whose graph exists. */
        static Segment kept(Tensor input, boolean gradientWanted, Tensor leaf, Tensor output) {
            return new Segment(input, gradientWanted, () -> new Computed(leaf, output));
        }
    }

    interface Graph {
        Computed get();
    }

    record Computed(Tensor leaf, Tensor output) {}

    interface Forward {
        Tensor apply(Tensor input);
    }

    /** Hidden states of the requested rows after the final norm, {@code [rows, hidden]}. */
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
            if (blocks.isEmpty()) {
                run(output, gradient);
                return;
            }
            units.enter(blocks.size());
            var passed = backward(end, Optional.of(gradient), scope);
            for (var i = blocks.size(); i >= 1; i--) {
                if (i < blocks.size()) {
                    units.enter(i);
                }
                passed = backward(blocks.get(i - 1), passed, scope);
                units.leave(i);
            }
            units.enter(0);
            passed.ifPresent(g -> run(blocks.get(0).input(), g));
            units.leave(0);
        }
    }

    /** @return the gradient of the block's input, if it is wanted */
    private static Optional<Tensor> backward(Segment block, Optional<Tensor> gradient, PointerScope outer) {
        try (var scope = new PointerScope()) {
            var computed = block.graph().get();
            if (computed.output().requires_grad()) {
                run(computed.output(), gradient.orElseThrow());
            }
            if (!block.gradientWanted()) {
                return Optional.empty();
            }
            var passed = gradientOf(computed.leaf());
            outer.attach(passed);
            return Optional.of(passed);
        }
    }

    private static void run(Tensor tensor, Tensor gradient) {
        tensor.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** A reference of its own, because the result of {@code grad()} points into the tensor. */
    private static Tensor gradientOf(Tensor leaf) {
        return new Tensor(leaf.grad());
    }
}

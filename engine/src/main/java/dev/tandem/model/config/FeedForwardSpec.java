package dev.tandem.model.config;

import java.util.List;
import java.util.stream.Stream;

/** The feed-forward part of a block. */
public sealed interface FeedForwardSpec extends ModuleSpec {
    /** The linear modules that read its input. */
    List<LinearSpec> inputs();

    /** The linear module that gives its output. */
    LinearSpec down();

    /** Its activation function. */
    Activation activation();

    /** Number of values per token that autograd keeps inside it for the backward pass. */
    long keptNumbers();

    @Override
    default List<LinearSpec> linears() {
        return Stream.concat(inputs().stream(), Stream.of(down())).toList();
    }

    @Override
    default List<ParameterSpec> parameters() {
        return linears().stream()
                .flatMap(linear -> linear.parameters().stream())
                .toList();
    }

    @Override
    default List<List<LinearSpec>> sharingInput() {
        return inputs().size() > 1 ? List.of(inputs()) : List.of();
    }

    /**
     * {@code down(act(up(x)))}.
     *
     * @param up {@code [inner, hidden]}
     * @param down {@code [hidden, inner]}
     * @param activation act
     */
    record Plain(LinearSpec up, LinearSpec down, Activation activation) implements FeedForwardSpec {
        @Override
        public List<LinearSpec> inputs() {
            return List.of(up);
        }

        @Override
        public long keptNumbers() {
            return 2L * down.in(); // the activation's input and its result
        }
    }

    /**
     * {@code down(act(gate(x)) · up(x))} (Shazeer, 2020, arXiv 2002.05202).
     *
     * @param gate {@code [inner, hidden]}
     * @param up {@code [inner, hidden]}
     * @param down {@code [hidden, inner]}
     * @param activation act
     */
    record Gated(LinearSpec gate, LinearSpec up, LinearSpec down, Activation activation) implements FeedForwardSpec {
        @Override
        public List<LinearSpec> inputs() {
            return List.of(gate, up);
        }

        @Override
        public long keptNumbers() {
            return 4L * down.in(); // the activation's input, both factors, and their product
        }
    }

    /**
     * {@link Gated} with one projection whose output is the gate, then up (Phi-3).
     *
     * @param gateUp {@code [2·inner, hidden]}
     * @param down {@code [hidden, inner]}
     * @param activation act
     */
    record StackedGate(LinearSpec gateUp, LinearSpec down, Activation activation) implements FeedForwardSpec {
        @Override
        public List<LinearSpec> inputs() {
            return List.of(gateUp);
        }

        @Override
        public long keptNumbers() {
            return 4L * down.in();
        }
    }
}

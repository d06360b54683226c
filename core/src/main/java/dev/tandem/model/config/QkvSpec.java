package dev.tandem.model.config;

import dev.tandem.model.LinearSpec;
import java.util.List;

/** How the residual stream is projected to query, key and value. */
public sealed interface QkvSpec {
    /** The linear modules, all of which read the same input. */
    List<LinearSpec> linears();

    /**
     * One projection each (Llama).
     *
     * @param query {@code [heads·headDim, hidden]}
     * @param key {@code [kvHeads·headDim, hidden]}
     * @param value {@code [kvHeads·headDim, hidden]}
     */
    record Separate(LinearSpec query, LinearSpec key, LinearSpec value) implements QkvSpec {
        @Override
        public List<LinearSpec> linears() {
            return List.of(query, key, value);
        }
    }

    /**
     * One projection whose output is, head by head, that head's query, key and value (GPT-NeoX). There are as many key heads
     * as query heads.
     *
     * @param projection {@code [heads·3·headDim, hidden]}
     */
    record ByHead(LinearSpec projection) implements QkvSpec {
        @Override
        public List<LinearSpec> linears() {
            return List.of(projection);
        }
    }

    /**
     * One projection whose output is all queries, then all keys, then all values (Phi-3).
     *
     * @param projection {@code [(heads + 2·kvHeads)·headDim, hidden]}
     */
    record Stacked(LinearSpec projection) implements QkvSpec {
        @Override
        public List<LinearSpec> linears() {
            return List.of(projection);
        }
    }
}

package dev.tandem.train.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * All measurements of one benchmark run. In JSON, the keys are the names of the components; the meaning of a key never
 * changes without a new {@link #FORMAT}. What was not measured is null or empty.
 *
 * @param format {@link #FORMAT}
 * @param machine the machine it ran on
 * @param model the trained model and its settings
 * @param workloads SFT and preference steps of the engine and of the naive implementation
 * @param mixTokensPerSecond a 50/50 mix of SFT and preference steps: all their tokens over all their time
 * @param naiveMixTokensPerSecond the mix's speed with the naive implementation
 * @param methods results of the compared methods
 * @param referenceTokensPerSecond log-probs of the reference model, which are computed once before training
 * @param generation generation by the model without an adapter
 * @param ceilingGflops speed of the matrix products of an SFT step and a preference step by themselves, 10⁹ operations
 *     a second
 * @param products results of each of those products
 */
public record BenchResult(
        int format,
        Machine machine,
        Model model,
        List<WorkloadResult> workloads,
        OptionalDouble mixTokensPerSecond,
        OptionalDouble naiveMixTokensPerSecond,
        List<MethodResult> methods,
        OptionalDouble referenceTokensPerSecond,
        Optional<GenerationResult> generation,
        OptionalDouble ceilingGflops,
        List<Product> products) {

    /** Version of the JSON. */
    public static final int FORMAT = 2;

    /**
     * The trained model.
     *
     * @param shape name of the model's shape
     * @param parameters number of the model's parameters
     * @param precision {@code fp32} or {@code bf16}
     * @param loraRank rank of the adapter; 0: all parameters were trained
     * @param checkpointActivations whether activations were recomputed in the backward pass
     * @param sftBatch instructions per step
     * @param pairBatch pairs per step
     * @param warmup untimed steps of every workload
     */
    public record Model(
            String shape,
            long parameters,
            String precision,
            int loraRank,
            boolean checkpointActivations,
            int sftBatch,
            int pairBatch,
            int warmup) {}

    /**
     * Speed of a single matrix product.
     *
     * @param kind which of the three products of a linear module
     * @param rows number of tokens
     * @param in inner dimension of the forward product
     * @param out outer dimension of the forward product
     * @param count how often it occurs in a step
     * @param gflops 10⁹ operations a second
     */
    public record Product(Kind kind, int rows, int in, int out, int count, double gflops) {

        /** The products of a linear module. */
        public enum Kind {
            /** Output from input and weights. */
            @JsonProperty("forward")
            FORWARD,
            /** Gradient of the input. */
            @JsonProperty("input-gradient")
            INPUT_GRADIENT,
            /** Gradient of the weights. */
            @JsonProperty("weight-gradient")
            WEIGHT_GRADIENT
        }
    }

    public BenchResult {
        workloads = List.copyOf(workloads);
        methods = List.copyOf(methods);
        products = List.copyOf(products);
    }
}

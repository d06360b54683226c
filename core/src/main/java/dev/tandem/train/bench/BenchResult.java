package dev.tandem.train.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Everything one benchmark run measured. Written as JSON, its keys are the names of the components; a key is never given
 * another meaning without a new {@link #FORMAT}. What was not measured is null or empty.
 *
 * @param format {@link #FORMAT}
 * @param machine it ran on
 * @param model what was trained and how
 * @param workloads SFT and preference steps, the engine's and the naive way's
 * @param mixTokensPerSecond a 50/50 mix of SFT and preference steps: all their tokens over all their time
 * @param naiveMixTokensPerSecond the same of the naive way
 * @param methods the methods compared
 * @param referenceTokensPerSecond log-probs of the reference model, which are computed once before training
 * @param generation of texts by the model without an adapter
 * @param ceilingGflops matrix products of an SFT step and a preference step by themselves, 10⁹ operations a second
 * @param products each of those products
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
     * What was trained.
     *
     * @param shape name of the model's shape
     * @param parameters of the model
     * @param precision {@code fp32} or {@code bf16}
     * @param loraRank rank of the adapter; 0: all parameters were trained
     * @param checkpointActivations whether activations were computed again in the backward pass
     * @param sftBatch instructions of a step
     * @param pairBatch pairs of a step
     * @param warmup steps of every workload that were not timed
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
     * Speed of one matrix product by itself.
     *
     * @param kind which of the three products of a linear module
     * @param rows tokens
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

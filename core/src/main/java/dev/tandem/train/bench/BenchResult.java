package dev.tandem.train.bench;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Everything one benchmark run measured.
 *
 * @param machine it ran on
 * @param shape name of the model's shape
 * @param parameters of the model
 * @param precision {@code fp32} or {@code bf16}
 * @param loraRank rank of the adapter; 0: all parameters were trained
 * @param sftBatch instructions of a step
 * @param preferenceBatch pairs of a step
 * @param workloads SFT and preference steps, the methods, the naive way
 * @param mixTokensPerSecond a 50/50 mix of SFT and preference steps: all their tokens over all their time
 * @param naiveMixTokensPerSecond the same of the naive way; absent if it was not measured
 * @param methodOverheads by method: its time divided by what the same tokens take in Sequential, minus one
 * @param generationTokensPerSecond greedy generation of one text
 * @param ceilingGflops matrix products of an SFT step and a preference step by themselves, 10⁹ operations a second
 * @param products each of those products
 */
public record BenchResult(
        Machine machine,
        String shape,
        long parameters,
        String precision,
        int loraRank,
        int sftBatch,
        int preferenceBatch,
        List<WorkloadResult> workloads,
        double mixTokensPerSecond,
        OptionalDouble naiveMixTokensPerSecond,
        Map<String, Double> methodOverheads,
        double generationTokensPerSecond,
        double ceilingGflops,
        List<Product> products) {

    /**
     * Speed of one matrix product by itself.
     *
     * @param kind {@code forward}, {@code input-gradient} or {@code weight-gradient}
     * @param rows tokens
     * @param in inner dimension of the forward product
     * @param out outer dimension of the forward product
     * @param count how often it occurs in a step
     * @param gflops 10⁹ operations a second
     */
    public record Product(String kind, int rows, int in, int out, int count, double gflops) {}

    public BenchResult {
        workloads = List.copyOf(workloads);
        methodOverheads = Map.copyOf(methodOverheads);
        products = List.copyOf(products);
    }
}

package dev.tandem.plan;

/**
 * The machines of a plan.
 *
 * @param ranksPerNode ranks on a machine
 * @param threads threads of a rank that compute simultaneously
 * @param memory of a rank, bytes
 * @param flops floating-point operations a second that a rank's training steps reach
 * @param nodeBandwidth bytes a second that a rank sends to another of its machine
 * @param bandwidth bytes a second that a machine sends to another, over all of its network cards that a collective uses
 * @param latency seconds before a message's first byte arrives
 */
public record Cluster(
        int ranksPerNode,
        int threads,
        double memory,
        double flops,
        double nodeBandwidth,
        double bandwidth,
        double latency) {
    /** The fraction of a rank's memory that the allocator, libtorch and the JVM leave. */
    public static final double USABLE = 0.9;

    // docs/scaling.md says where each of these comes from
    private static final double CPU_THREAD_FP32 = 178e9;
    private static final double CPU_THREAD_BF16 = 285e9;
    private static final double GLOO_BANDWIDTH = 2.4e9;
    private static final double ETHERNET_BANDWIDTH = 1.25e9;
    private static final double GLOO_LATENCY = 0.7e-3;
    private static final int GPUS = 8;
    private static final double GPU_MEMORY = 80.0 * (1L << 30);
    private static final double GPU_FP32 = 40e12;
    private static final double GPU_BF16 = 400e12;
    private static final double NVLINK_BANDWIDTH = 300e9;
    private static final double EIGHT_CARDS_BANDWIDTH = 200e9;
    private static final double GPU_LATENCY = 5e-6;

    /**
     * CPUs that communicate by Gloo: one rank a machine.
     *
     * @param threads of a rank
     * @param memory of a rank, bytes
     */
    public static Cluster ofCpus(int threads, double memory, boolean bf16) {
        return new Cluster(
                1,
                threads,
                memory,
                threads * (bf16 ? CPU_THREAD_BF16 : CPU_THREAD_FP32),
                GLOO_BANDWIDTH,
                ETHERNET_BANDWIDTH,
                GLOO_LATENCY);
    }

    /** Machines of eight GPUs with 80 GiB each. */
    public static Cluster ofGpus(boolean bf16) {
        return new Cluster(
                GPUS, 1, GPU_MEMORY, bf16 ? GPU_BF16 : GPU_FP32, NVLINK_BANDWIDTH, EIGHT_CARDS_BANDWIDTH, GPU_LATENCY);
    }

    /**
     * Seconds of a ring over all ranks, which is as slow as its slowest link. What a rank sends crosses every link of the
     * ring, including those between machines.
     *
     * @param bytes that every rank sends
     * @param messages that every rank sends them in, one after the other
     */
    double seconds(double bytes, double messages, int ranks) {
        var slowest = ranks <= ranksPerNode ? nodeBandwidth : Math.min(nodeBandwidth, bandwidth);
        return bytes / slowest + messages * latency;
    }
}

package dev.tandem.cli.plan;

import com.sun.management.OperatingSystemMXBean;
import dev.tandem.cli.console.Quantity;
import dev.tandem.cli.options.OptionRange;
import dev.tandem.plan.Cluster;
import dev.tandem.plan.PlannedRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The machines that a plan is for. Defaults are those of CPUs like this machine's, or of GPUs if the recipe names a
 * CUDA device.
 */
final class ClusterOptions {
    private static final int MAX = 1 << 16;

    @Option(names = "--ranks-per-node", paramLabel = "K", description = "Ranks on a machine. Default: 1, on GPUs 8.")
    private Optional<Integer> ranksPerNode = Optional.empty();

    @Option(
            names = {"--threads", "--lanes"},
            paramLabel = "L",
            description = "Threads of a rank. Default: the recipe's, or its part of this machine's cores; on GPUs 1.")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--memory",
            paramLabel = "80GiB",
            converter = Quantity.Memory.class,
            description = "Memory of a rank. Default: its part of this machine's; on GPUs 80GiB.")
    private Optional<Double> memory = Optional.empty();

    @Option(
            names = "--flops",
            paramLabel = "400T",
            converter = Quantity.Flops.class,
            description =
                    "Operations a second that training reaches on a rank, as 'tandem bench' prints them. Default: 285G"
                            + " a thread in bf16 and 178G in fp32; on GPUs 400T and 40T.")
    private Optional<Double> flops = Optional.empty();

    @Option(
            names = "--bandwidth",
            paramLabel = "25GB/s",
            converter = Quantity.Bandwidth.class,
            description =
                    "Bandwidth between two machines, over all network cards that a collective uses. Default: 1.25GB/s;"
                            + " on GPUs 200GB/s.")
    private Optional<Double> bandwidth = Optional.empty();

    @Option(
            names = "--node-bandwidth",
            paramLabel = "300GB/s",
            converter = Quantity.Bandwidth.class,
            description = "Bandwidth between two ranks of a machine. Default: 2.4GB/s; on GPUs 300GB/s.")
    private Optional<Double> nodeBandwidth = Optional.empty();

    @Option(
            names = "--latency",
            paramLabel = "5us",
            converter = Quantity.Time.class,
            description = "Latency of a message between ranks. Default: 0.7ms; on GPUs 5us.")
    private Optional<Double> latency = Optional.empty();

    /** The machines for a recipe. */
    Cluster cluster(Recipe recipe) {
        var bf16 = recipe.train().precision() == Precision.BF16;
        var perNode = ranksPerNode.map(n -> OptionRange.checked("--ranks-per-node", n, 1, MAX));
        var said = threads.map(n -> OptionRange.checked("--threads", n, 1, MAX));
        var usual = PlannedRecipe.namesGpu(recipe)
                ? Cluster.ofGpus(bf16)
                : cpus(said.orElse(recipe.train().threads().orElse(cores(perNode.orElse(1)))), perNode.orElse(1), bf16);
        return new Cluster(
                perNode.orElse(usual.ranksPerNode()),
                said.orElse(usual.threads()),
                memory.orElse(usual.memory()),
                flops.orElse(usual.flops()),
                nodeBandwidth.orElse(usual.nodeBandwidth()),
                bandwidth.orElse(usual.bandwidth()),
                latency.orElse(usual.latency()));
    }

    private static Cluster cpus(int threads, int perNode, boolean bf16) {
        return Cluster.ofCpus(threads, (double) machineMemory() / perNode, bf16);
    }

    private static int cores(int perNode) {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / perNode);
    }

    private static long machineMemory() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }
}

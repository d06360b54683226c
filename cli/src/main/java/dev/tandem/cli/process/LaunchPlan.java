package dev.tandem.cli.process;

import dev.tandem.distributed.RankEnvironment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The ranks to start on this machine and their settings.
 *
 * @param command what every rank runs
 * @param ranksHere processes on this machine
 * @param machines number of machines, each with that many ranks
 * @param machine number of this one, from 0
 * @param masterAddress host of rank 0
 * @param masterPort its port
 * @param timeout how long a rank waits for the others
 * @param heartbeat time without a heartbeat after which a rank counts as lost
 * @param logs folder of the ranks' logs
 * @param again whether to append to the logs of an earlier attempt
 */
public record LaunchPlan(
        List<String> command,
        int ranksHere,
        int machines,
        int machine,
        String masterAddress,
        int masterPort,
        Duration timeout,
        Duration heartbeat,
        Path logs,
        boolean again) {

    /** Variable: ranks on this machine, as torchrun names it. */
    public static final String LOCAL_WORLD_SIZE = "LOCAL_WORLD_SIZE";

    /** Variable: the process id of the launcher that stops this rank, by SIGTERM. */
    public static final String LAUNCHED = "TANDEM_LAUNCHED";

    public LaunchPlan {
        command = List.copyOf(command);
    }

    /** The environment of one of this machine's ranks. */
    RankEnvironment environment(int localRank) {
        return new RankEnvironment(
                machine * ranksHere + localRank,
                machines * ranksHere,
                localRank,
                masterAddress,
                masterPort,
                timeout,
                heartbeat);
    }

    /** The plan of another attempt, with another port and another command. */
    public LaunchPlan again(int port, List<String> newCommand) {
        return new LaunchPlan(
                newCommand, ranksHere, machines, machine, masterAddress, port, timeout, heartbeat, logs, true);
    }

    Path log(int localRank) {
        return logs.resolve("rank-" + environment(localRank).rank() + ".log");
    }
}

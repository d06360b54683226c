package dev.tandem.distributed;

import dev.tandem.UserException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rank of a process, as torchrun and similar launchers specify it in environment variables.
 *
 * @param rank number of this process, from 0
 * @param worldSize number of ranks
 * @param localRank number of this process on its machine, from 0
 * @param masterAddress host name or address of rank 0
 * @param masterPort port on which rank 0 waits for the others
 * @param timeout how long a rank waits for ranks that are at work before it gives up
 * @param heartbeat how long a rank waits for a rank that shows no sign of life
 */
public record RankEnvironment(
        int rank,
        int worldSize,
        int localRank,
        String masterAddress,
        int masterPort,
        Duration timeout,
        Duration heartbeat) {
    /** Number of the process. */
    public static final String RANK = "RANK";

    /** Number of ranks. */
    public static final String WORLD_SIZE = "WORLD_SIZE";

    /** Number of the process on its machine. */
    public static final String LOCAL_RANK = "LOCAL_RANK";

    /** Host of rank 0. */
    public static final String MASTER_ADDR = "MASTER_ADDR";

    /** Port of rank 0. */
    public static final String MASTER_PORT = "MASTER_PORT";

    /** Seconds a rank waits for the others. */
    public static final String TIMEOUT = "TANDEM_RANK_TIMEOUT";

    /** Seconds a rank waits for one that shows no sign of life. */
    public static final String HEARTBEAT = "TANDEM_RANK_HEARTBEAT";

    /** Default silence after which a rank counts as lost. */
    public static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(60);

    /** Longest timeout, seconds: a week. */
    public static final int MAX_TIMEOUT_SECONDS = 7 * 24 * 3600;

    private static final int MAX_RANKS = 1 << 16;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);

    /** Creates an environment with the default heartbeat. */
    public RankEnvironment(
            int rank, int worldSize, int localRank, String masterAddress, int masterPort, Duration timeout) {
        this(rank, worldSize, localRank, masterAddress, masterPort, timeout, DEFAULT_HEARTBEAT);
    }

    /**
     * Reads the variables.
     *
     * @return absent if this process trains alone: no {@code WORLD_SIZE}, or one of 1
     * @throws UserException if some variables are set and others missing or wrong
     */
    public static Optional<RankEnvironment> of(Map<String, String> environment) {
        if (!environment.containsKey(WORLD_SIZE) && !environment.containsKey(RANK)) {
            return Optional.empty();
        }
        var worldSize = number(environment, WORLD_SIZE, 1, MAX_RANKS);
        var rank = number(environment, RANK, 0, worldSize - 1);
        if (worldSize == 1) {
            return Optional.empty();
        }
        return Optional.of(new RankEnvironment(
                rank,
                worldSize,
                environment.containsKey(LOCAL_RANK) ? number(environment, LOCAL_RANK, 0, worldSize - 1) : rank,
                text(environment, MASTER_ADDR),
                number(environment, MASTER_PORT, 1, 65_535),
                seconds(environment, TIMEOUT, DEFAULT_TIMEOUT),
                seconds(environment, HEARTBEAT, DEFAULT_HEARTBEAT)));
    }

    private static Duration seconds(Map<String, String> environment, String name, Duration otherwise) {
        return environment.containsKey(name)
                ? Duration.ofSeconds(number(environment, name, 1, MAX_TIMEOUT_SECONDS))
                : otherwise;
    }

    /** The variables that describe this environment. */
    public Map<String, String> variables() {
        return Map.of(
                RANK, String.valueOf(rank),
                WORLD_SIZE, String.valueOf(worldSize),
                LOCAL_RANK, String.valueOf(localRank),
                MASTER_ADDR, masterAddress,
                MASTER_PORT, String.valueOf(masterPort),
                TIMEOUT, String.valueOf(timeout.toSeconds()),
                HEARTBEAT, String.valueOf(heartbeat.toSeconds()));
    }

    private static String text(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new UserException("The environment variable " + name
                        + " is missing. A rank needs all of "
                        + String.join(", ", List.of(RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT))
                        + ", as torchrun and `tandem launch` set them; a process that trains alone needs none."));
    }

    private static int number(Map<String, String> environment, String name, int least, int most) {
        var text = text(environment, name);
        try {
            var value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw new UserException("The environment variable " + name + " is '" + text + "', a number from " + least
                + " to " + most + " was expected.");
    }
}

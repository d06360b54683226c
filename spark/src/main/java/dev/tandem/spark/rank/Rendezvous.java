package dev.tandem.spark.rank;

import dev.tandem.UserException;
import dev.tandem.distributed.RankEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.BarrierTaskInfo;

/**
 * Turns the tasks of a barrier stage into ranks: rank 0 sends its host, a free port and whether to resume, and all
 * ranks check that they see its output folder.
 */
final class Rendezvous {
    private static final long LOOK_MILLIS = 100;

    /** Time for network file systems, which may show a new file late. */
    private static final long MAX_LOOKS = 50;

    private final BarrierTaskContext context;
    private final Path output;
    private final List<String> hosts;

    Rendezvous(BarrierTaskContext context, Path output) {
        this.context = context;
        this.output = output;
        this.hosts = Arrays.stream(context.getTaskInfos())
                .map(BarrierTaskInfo::address)
                .map(Rendezvous::host)
                .toList();
    }

    private static String host(String address) {
        return address.substring(0, address.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
    }

    /** The result of the rendezvous. */
    record Agreement(RankEnvironment environment, boolean resume) {}

    int rank() {
        return context.partitionId();
    }

    String host() {
        return hosts.get(rank());
    }

    /**
     * Waits for all tasks.
     *
     * @param probe a file in the output folder that rank 0 has just written; ignored on other ranks
     * @param resume whether the ranks are to resume; ignored on other ranks
     * @return empty if another task does not see the output folder
     * @throws UserException if this task does not see it
     */
    Optional<Agreement> meet(Path probe, boolean resume, Duration timeout) {
        var first = rank() == 0;
        var messages = context.allGather(first ? freePort() + "\n" + resume + "\n" + probe.getFileName() : "");
        var words = messages[0].split("\n");
        var seen = first || sees(output.resolve(words[2]));
        // a message that is not empty reports a problem
        var all = context.allGather(seen ? "" : "no");
        if (!seen) {
            throw new UserException(
                    "Rank " + rank() + " on " + host() + " does not see " + output + " of " + hosts.get(0)
                            + ", where rank 0 writes the run and its checkpoints. Give an 'output' on storage that all"
                            + " machines share under one path, such as NFS.");
        }
        if (Stream.of(all).anyMatch(message -> !message.isEmpty())) {
            return Optional.empty();
        }
        var environment = new RankEnvironment(
                rank(), hosts.size(), localRank(), hosts.get(0), Integer.parseInt(words[0]), timeout);
        return Optional.of(new Agreement(environment, Boolean.parseBoolean(words[1])));
    }

    private int localRank() {
        return (int) hosts.subList(0, rank()).stream().filter(host()::equals).count();
    }

    private static boolean sees(Path probe) {
        for (var look = 0; look < MAX_LOOKS; look++) {
            if (Files.exists(probe)) {
                return true;
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }
}

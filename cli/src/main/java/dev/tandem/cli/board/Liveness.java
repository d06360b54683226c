package dev.tandem.cli.board;

import dev.tandem.train.folder.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether the process of a run in state {@code running} is still alive. On this machine the process is searched for;
 * one that is not found has a few heartbeats' time, because it may live in another container with the same host name.
 * For another machine only the heartbeat decides.
 */
final class Liveness {
    private static final Duration HERE = Duration.ofSeconds(5);
    private static final Duration ELSEWHERE = Duration.ofSeconds(30);
    /** Tolerance of start times: each process computes them from the machine's boot time in whole seconds. */
    private static final Duration SAME_INSTANT = Duration.ofSeconds(2);

    private final String host;

    /** @param host the name of this machine */
    Liveness(String host) {
        this.host = host;
    }

    /** @param heartbeat when the run last renewed its state */
    boolean alive(RunState state, Instant heartbeat, Instant now) {
        var silence = Duration.between(heartbeat, now);
        if (!state.host().equals(host)) {
            return silence.compareTo(ELSEWHERE) <= 0;
        }
        return isThere(state) || silence.compareTo(HERE) <= 0;
    }

    private static boolean isThere(RunState state) {
        return ProcessHandle.of(state.pid())
                .filter(ProcessHandle::isAlive)
                .filter(process -> !isZombie(state.pid()))
                .filter(process -> begunAt(process, state))
                .isPresent();
    }

    private static boolean begunAt(ProcessHandle process, RunState state) {
        var began = process.info().startInstant();
        return began.isEmpty()
                || state.processStarted().isEmpty()
                || Duration.between(began.get(), state.processStarted().get())
                                .abs()
                                .compareTo(SAME_INSTANT)
                        <= 0;
    }

    /** Linux lists an ended process until its parent collects it. */
    private static boolean isZombie(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return false;
        }
    }
}

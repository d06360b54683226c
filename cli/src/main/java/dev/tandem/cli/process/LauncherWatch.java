package dev.tandem.cli.process;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Ensures that no rank outlives its launcher, because nothing else would end it. When the launcher is gone, for example
 * killed, the rank is asked to stop, and asked again if it has not stopped after a while.
 */
public final class LauncherWatch {
    private static final long LOOK_MILLIS = 300;

    private LauncherWatch() {}

    /**
     * Watches the launcher that {@link LaunchPlan#LAUNCHED} names, if it names one.
     *
     * @param patience time to write a checkpoint
     * @param stop asks the rank to stop; the second call stops it immediately
     */
    public static void start(Map<String, String> environment, Duration patience, Runnable stop) {
        Optional.ofNullable(environment.get(LaunchPlan.LAUNCHED))
                .filter(pid -> pid.matches("[1-9][0-9]{0,17}"))
                .ifPresent(pid -> start(ProcessHandle.of(Long.parseLong(pid)), patience, stop));
    }

    /** @param launcher absent if it was gone before this rank began */
    private static void start(Optional<ProcessHandle> launcher, Duration patience, Runnable stop) {
        var thread = new Thread(() -> watch(launcher, patience, stop), "launcher watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void watch(Optional<ProcessHandle> launcher, Duration patience, Runnable stop) {
        try {
            while (launcher.filter(ProcessHandle::isAlive).isPresent()) {
                Thread.sleep(LOOK_MILLIS);
            }
            stop.run();
            Thread.sleep(patience.toMillis());
            stop.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

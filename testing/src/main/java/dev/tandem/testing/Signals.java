package dev.tandem.testing;

import java.io.IOException;
import java.util.List;

/** How a process is started whose signals are not those its parent ignores. */
final class Signals {
    private static final List<String> DEFAULT = List.of("env", "--default-signal=INT,HUP");

    /** Whether this system's {@code env} can do it: GNU's can since coreutils 8.31. */
    private static final boolean KNOWN = isKnown();

    private Signals() {}

    /** What a command is started by; nothing where the system has no means. */
    static List<String> byDefault() {
        return KNOWN ? DEFAULT : List.of();
    }

    private static boolean isKnown() {
        try {
            return new ProcessBuilder(DEFAULT.get(0), DEFAULT.get(1), "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}

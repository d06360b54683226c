package dev.tandem.tensor.machine;

import java.util.OptionalLong;

/** Memory of this process, in bytes, as Linux counts it (proc(5)); absent if the system does not report it. */
public final class ProcessMemory {
    private static final String STATUS = "/proc/self/status";

    private ProcessMemory() {}

    /** Resident memory now. */
    public static OptionalLong resident() {
        return read("VmRSS");
    }

    /** Peak of resident memory since the process began, or since the system's peak was reset. */
    public static OptionalLong peak() {
        return read("VmHWM");
    }

    private static OptionalLong read(String key) {
        return SystemFiles.memory(SystemFiles.text(STATUS), key);
    }
}

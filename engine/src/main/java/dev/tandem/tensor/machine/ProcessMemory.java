package dev.tandem.tensor.machine;

import java.util.OptionalLong;

/** Memory of this process, in bytes, as Linux counts it (proc(5)); absent where the system does not say. */
public final class ProcessMemory {
    private static final String STATUS = "/proc/self/status";

    private ProcessMemory() {}

    /** Resident now. */
    public static OptionalLong resident() {
        return read("VmRSS");
    }

    /** The most that was resident since the process began, or since the system's peak was set back. */
    public static OptionalLong peak() {
        return read("VmHWM");
    }

    private static OptionalLong read(String key) {
        return SystemFiles.memory(SystemFiles.text(STATUS), key);
    }
}

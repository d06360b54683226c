package dev.tandem.tensor.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Files in which Linux describes the machine and its processes (proc(5)), and their parsing. */
public final class SystemFiles {
    private SystemFiles() {}

    /** The content of a file; empty if there is none, as on systems other than Linux. */
    public static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }

    /** {@code /proc/cpuinfo}, or empty. */
    public static String cpuinfo() {
        return text("/proc/cpuinfo");
    }

    /** {@code /proc/meminfo}, or empty. */
    public static String meminfo() {
        return text("/proc/meminfo");
    }

    /**
     * The first value of a key, which is that of the first processor.
     *
     * @param text lines of keys and values, separated by colons
     */
    public static Optional<String> value(String text, String key) {
        var line = Pattern.compile("(?m)^" + Pattern.quote(key) + "\\s*:(.*)$").matcher(text);
        return line.find() ? Optional.of(line.group(1).strip()) : Optional.empty();
    }

    /** Instruction sets of an x86 or ARM processor; absent if the file does not list them. */
    public static Optional<List<String>> instructions(String cpuinfo) {
        return value(cpuinfo, "flags").or(() -> value(cpuinfo, "Features")).map(flags -> List.of(flags.split("\\s+")));
    }

    /** An amount of memory, bytes, of a line such as {@code MemTotal: 16384 kB}; absent if there is none. */
    public static OptionalLong memory(String text, String key) {
        return value(text, key)
                .filter(amount -> amount.matches("[0-9]{1,15} kB"))
                .map(amount -> OptionalLong.of(Long.parseLong(amount.substring(0, amount.indexOf(' '))) * 1024))
                .orElse(OptionalLong.empty());
    }
}

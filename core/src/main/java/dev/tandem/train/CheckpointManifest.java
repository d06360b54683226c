package dev.tandem.train;

import dev.tandem.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code manifest.json} of a checkpoint: size and SHA-256 of every other file, in the order of their names. It is written
 * last, so a folder without it is not whole, and one whose files are not as it says was damaged later.
 *
 * @param version format of the checkpoint
 * @param files what belongs to it
 */
record CheckpointManifest(int version, List<Entry> files) {
    /** Format of checkpoints with a manifest. */
    static final int VERSION = 2;

    static final String NAME = "manifest.json";
    private static final long MOST_BYTES = 1 << 22;

    CheckpointManifest {
        files = List.copyOf(files);
    }

    /**
     * A file.
     *
     * @param path within the folder, with slashes
     * @param bytes its size
     * @param sha256 of its content, hexadecimal
     */
    record Entry(String path, long bytes, String sha256) {}

    /** Writes the manifest of a folder as it is now. @throws IOException if a file cannot be read or written */
    static void write(Path folder) throws IOException {
        var manifest = new CheckpointManifest(VERSION, entries(folder));
        var json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        AtomicFiles.write(folder.resolve(NAME), json.writeValueAsString(manifest) + "\n");
    }

    /**
     * What is wrong with a folder, as a sentence's end; empty if every file is as it was written. Files the manifest does not
     * name are not looked at.
     *
     * @param required files without which nothing can be done
     */
    static Optional<String> problem(Path folder, List<String> required) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.of("it has no " + NAME);
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                return Optional.of(NAME + " is damaged");
            }
            var manifest = JsonMapper.shared().readValue(Files.readString(file), CheckpointManifest.class);
            return manifest.problemOf(folder, required);
        } catch (IOException | JacksonException | InvalidPathException | NullPointerException e) {
            return Optional.of(NAME + " is damaged");
        }
    }

    private Optional<String> problemOf(Path folder, List<String> required) {
        if (version != VERSION) {
            return Optional.of("it has format version " + version + "; this version of Tandem reads " + VERSION);
        }
        var named = files.stream().map(Entry::path).toList();
        var unnamed = required.stream().filter(name -> !named.contains(name)).findFirst();
        if (unnamed.isPresent()) {
            return Optional.of(NAME + " is damaged: it does not name " + unnamed.get());
        }
        // one file after another: their problem is told in order, and disks read best so
        return files.stream()
                .map(entry -> problemOf(entry, folder))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> problemOf(Entry entry, Path folder) {
        var file = folder.resolve(entry.path()).normalize();
        if (!file.startsWith(folder.normalize())) {
            return Optional.of(NAME + " is damaged: it names a file elsewhere");
        }
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.of(entry.path() + " is missing");
            }
            if (Files.size(file) != entry.bytes()) {
                return Optional.of(
                        entry.path() + " has " + Files.size(file) + " bytes where there were " + entry.bytes());
            }
            return ContentDigests.sha256(file).equals(entry.sha256())
                    ? Optional.empty()
                    : Optional.of(entry.path() + " is not as it was written (its SHA-256 is another)");
        } catch (IOException e) {
            return Optional.of(entry.path() + " cannot be read: " + e.getMessage());
        }
    }

    private static List<Entry> entries(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.equals(folder.resolve(NAME)))
                    .sorted()
                    .map(path -> entry(folder, path))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Entry entry(Path folder, Path file) {
        try {
            var name = folder.relativize(file).toString().replace('\\', '/');
            return new Entry(name, Files.size(file), ContentDigests.sha256(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

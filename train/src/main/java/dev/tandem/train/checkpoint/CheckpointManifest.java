package dev.tandem.train.checkpoint;

import dev.tandem.io.AtomicFiles;
import dev.tandem.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code manifest.json} of a checkpoint: size and SHA-256 of every other file, in the order of their names. It is written
 * last, so a folder without it is not whole, and one whose files differ from it was damaged later.
 *
 * @param version format of the checkpoint
 * @param files what belongs to it
 */
record CheckpointManifest(int version, List<Entry> files) {
    /** Format of checkpoints with a manifest. */
    static final int VERSION = 3;

    static final String NAME = "manifest.json";
    private static final long MAX_BYTES = 1 << 22;

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

    /**
     * Writes the part of the manifest that is about a rank's files, so that each rank reads only what it has written.
     *
     * @throws IOException if a file cannot be read or written
     */
    static void writePart(Path folder, int rank, List<String> files) throws IOException {
        try {
            var entries = files.stream()
                    .map(file -> entry(folder, folder.resolve(file)))
                    .toList();
            AtomicFiles.write(folder.resolve(part(rank)), json(new CheckpointManifest(VERSION, entries)));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static String part(int rank) {
        return "manifest-" + rank + ".json";
    }

    /**
     * Writes the manifest of a folder as it is now.
     *
     * @param parts of how many ranks there are; they are removed
     * @throws IOException if a file cannot be read or written
     */
    static void write(Path folder, int parts) throws IOException {
        var entries = new TreeMap<String, Entry>();
        for (var rank = 0; rank < parts; rank++) {
            var part = folder.resolve(part(rank));
            JsonMapper.shared()
                    .readValue(Files.readString(part), CheckpointManifest.class)
                    .files()
                    .forEach(entry -> entries.put(entry.path(), entry));
            Files.delete(part);
        }
        for (var entry : others(folder, entries.keySet())) {
            entries.put(entry.path(), entry);
        }
        AtomicFiles.write(folder.resolve(NAME), json(new CheckpointManifest(VERSION, List.copyOf(entries.values()))));
    }

    private static String json(CheckpointManifest manifest) {
        return JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(manifest)
                + "\n";
    }

    /**
     * The problem of a folder, as the end of a sentence; empty if every file is as it was written. Files that the manifest
     * does not name are ignored.
     *
     * @param required files without which nothing can be done
     * @param rank which part of the files to read; every rank checks their presence and sizes
     * @param ranks how many parts there are
     */
    static Optional<String> problem(Path folder, List<String> required, int rank, int ranks) {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.of("it has no " + NAME);
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                return Optional.of(NAME + " is damaged");
            }
            var manifest = JsonMapper.shared().readValue(Files.readString(file), CheckpointManifest.class);
            return manifest.problemOf(folder, required, rank, ranks);
        } catch (IOException | JacksonException | InvalidPathException | NullPointerException e) {
            return Optional.of(NAME + " is damaged");
        }
    }

    private Optional<String> problemOf(Path folder, List<String> required, int rank, int ranks) {
        if (version != VERSION) {
            return Optional.of("it has format version " + version + "; this version of Tandem reads " + VERSION);
        }
        var named = files.stream().map(Entry::path).toList();
        var unnamed = required.stream().filter(name -> !named.contains(name)).findFirst();
        if (unnamed.isPresent()) {
            return Optional.of(NAME + " is damaged: it does not name " + unnamed.get());
        }
        // one file after another: the problem reported is the first in order, and disks read fastest this way
        return IntStream.range(0, files.size())
                .mapToObj(i -> problemOf(files.get(i), folder, i % ranks == rank))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> problemOf(Entry entry, Path folder, boolean read) {
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
            return !read || Sha256.hex(file).equals(entry.sha256())
                    ? Optional.empty()
                    : Optional.of(entry.path() + " is not as it was written (its SHA-256 differs)");
        } catch (IOException e) {
            return Optional.of(entry.path() + " cannot be read: " + e.getMessage());
        }
    }

    private static List<Entry> others(Path folder, Set<String> known) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.equals(folder.resolve(NAME)) && !known.contains(name(folder, path)))
                    .sorted()
                    .map(path -> entry(folder, path))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Entry entry(Path folder, Path file) {
        try {
            return new Entry(name(folder, file), Files.size(file), Sha256.hex(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}

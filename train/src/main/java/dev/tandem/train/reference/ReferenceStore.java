package dev.tandem.train.reference;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.SharedLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Log-probs of one reference on disk, shared by all runs with the same cache folder:
 * {@code reference/<fingerprint>/<random>.seg}, each file a {@link ReferenceSegment}, written whole or not at all and
 * never changed. A reader takes them all. A damaged one is reported and deleted, and its log-probs count as missing.
 *
 * <p>Any number of processes may read and write simultaneously. {@link SharedLock} also keeps two from computing the same
 * log-probs.
 */
final class ReferenceStore {
    private static final String SUFFIX = ".seg";
    private static final int MANY = 16;

    /** Files are written well below this, so a longer one is not ours; small ones are merged. */
    private static final long MAX_BYTES = 256L << 20;

    private static final long SMALL_BYTES = 16L << 20;
    private static final int MAX_RECORDS = 500_000;

    /** A reader lists again if files it listed were merged in the meantime; that happens once, seldom twice. */
    private static final int LISTINGS = 5;

    private final Path folder;
    private final ReferenceFingerprint fingerprint;
    private final Consumer<String> messages;
    private boolean damageTold;

    /**
     * The log-probs of a reference.
     *
     * @param cache the cache folder
     * @param messages receives messages for the user
     */
    ReferenceStore(Path cache, ReferenceFingerprint fingerprint, Consumer<String> messages) {
        this.folder = cache.resolve("reference").resolve(fingerprint.hex());
        this.fingerprint = fingerprint;
        this.messages = messages;
    }

    /** Folder of this reference's files. */
    Path folder() {
        return folder;
    }

    /** The stored log-probs of {@code wanted}. */
    Map<ExampleDigest, double[]> load(Set<ExampleDigest> wanted) {
        var result = new HashMap<ExampleDigest, double[]>();
        for (var listing = 0; listing < LISTINGS; listing++) {
            result.clear();
            if (load(wanted, result)) {
                break;
            }
        }
        return result;
    }

    /** False if a file vanished between listing and reading. */
    private boolean load(Set<ExampleDigest> wanted, Map<ExampleDigest, double[]> result) {
        var damaged = 0;
        var complete = true;
        for (var file : files()) {
            try {
                var sums = read(file);
                damaged += sums.isPresent() ? 0 : 1;
                sums.orElse(Map.of()).forEach((digest, value) -> {
                    if (wanted.contains(digest)) {
                        result.putIfAbsent(digest, value);
                    }
                });
            } catch (NoSuchFileException e) {
                complete = false;
            } catch (IOException e) {
                damaged++;
            }
        }
        if (damaged > 0 && !damageTold) {
            damageTold = true;
            messages.accept("Reference log-probs: " + (damaged == 1 ? "a file" : damaged + " files") + " in " + folder
                    + (damaged == 1 ? " is" : " are") + " damaged or unreadable, computing again");
        }
        return complete;
    }

    /** The file's log-probs. If it is damaged or not ours, empty, and the file is deleted. */
    private Optional<Map<ExampleDigest, double[]>> read(Path file) throws IOException {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException(file + " is no file"); // reading a pipe would never end
        }
        var sums = attributes.size() > MAX_BYTES
                ? Optional.<Map<ExampleDigest, double[]>>empty()
                : ReferenceSegment.decode(fingerprint, Files.readAllBytes(file));
        if (sums.isEmpty()) {
            Files.deleteIfExists(file);
        }
        return sums;
    }

    /** The files in the order of their names, so that all readers agree. */
    private List<Path> files() {
        try (var entries = Files.list(folder)) {
            return entries.filter(p -> p.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Keeps log-probs.
     *
     * @throws UserException if they cannot be written
     */
    void add(Map<ExampleDigest, double[]> sums) {
        var part = new LinkedHashMap<ExampleDigest, double[]>();
        sums.forEach((digest, value) -> {
            part.put(digest, value);
            if (part.size() == MAX_RECORDS) {
                write(part);
                part.clear();
            }
        });
        if (!part.isEmpty()) {
            write(part);
        }
    }

    private void write(Map<ExampleDigest, double[]> sums) {
        AtomicFiles.write(folder.resolve(UUID.randomUUID() + SUFFIX), ReferenceSegment.encode(fingerprint, sums));
    }

    /**
     * Merges many small files. What is deleted is in the new file already, so a reader in between finds everything, some of
     * it twice; one that listed before lists again.
     *
     * @throws UserException if the new file cannot be written
     */
    void compact() {
        var merged = new LinkedHashMap<ExampleDigest, double[]>();
        var old = new ArrayList<Path>();
        for (var file : files()) {
            try {
                if (Files.size(file) < SMALL_BYTES) {
                    read(file).ifPresent(sums -> {
                        sums.forEach(merged::putIfAbsent);
                        old.add(file);
                    });
                }
            } catch (IOException e) {
                // another process put it elsewhere, or it is for others to read: leave it
                continue;
            }
        }
        if (old.size() > MANY) {
            add(merged);
            old.forEach(ReferenceStore::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // its content is in the new file, too: it only costs space
            return;
        }
    }
}

package dev.tandem.spark.ship;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.apache.spark.SparkFiles;

/**
 * Shipped files on an executor's machine: unpacked once into the user's {@link ShippedFolder}, where later ranks and runs
 * find them under the same path. A run that is resumed must find its model where it was.
 *
 * @param paths maps the driver's paths to this machine's
 */
public record ShippedFiles(Map<Path, Path> paths) {
    public ShippedFiles {
        paths = Map.copyOf(paths);
    }

    /**
     * Unpacks what is missing; must be called in a task.
     *
     * @throws UserException if this machine's disk cannot hold it
     */
    public static ShippedFiles unpacked(List<Shipped> shipped) {
        var result = new HashMap<Path, Path>();
        for (var one : shipped) {
            result.put(Path.of(one.original()), unpacked(one));
        }
        return new ShippedFiles(result);
    }

    /** This machine's path for a path of the driver; the path itself if it was not shipped. */
    public Path located(Path path) {
        return paths.getOrDefault(path, path);
    }

    /**
     * Unpacks a parcel unless it is already unpacked.
     *
     * @return its path
     * @throws UserException if this machine's disk cannot hold it
     */
    public static Path unpacked(Parcel parcel) {
        return unpacked(parcel.digest(), () -> new ByteArrayInputStream(parcel.archive()))
                .resolve(parcel.name());
    }

    private static Path unpacked(Shipped shipped) {
        return unpacked(shipped.digest(), () -> Files.newInputStream(Path.of(SparkFiles.get(shipped.archive()))))
                .resolve(shipped.name());
    }

    private interface Archive {
        InputStream open() throws IOException;
    }

    private static Path unpacked(String digest, Archive archive) {
        var folder = ShippedFolder.here();
        try {
            var target = ShippedFolder.created(folder).resolve(digest);
            if (!Files.exists(target)) {
                unpack(archive, target);
            }
            return target;
        } catch (IOException e) {
            throw new UserException("Cannot unpack what was shipped into " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void unpack(Archive archive, Path target) throws IOException {
        var temporary = Files.createTempDirectory(target.getParent(), "unpacking-");
        try (var in = new ZipInputStream(archive.open())) {
            for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                var file = temporary.resolve(entry.getName()).normalize();
                if (!file.startsWith(temporary)) {
                    throw new IOException("the archive holds a path that leads out of it: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
            }
            publish(temporary, target);
        } finally {
            AtomicFiles.deleteTree(temporary);
        }
    }

    private static void publish(Path temporary, Path target) throws IOException {
        try {
            AtomicFiles.publish(temporary, target);
        } catch (IOException e) {
            // another rank on this machine was faster
            if (!Files.exists(target)) {
                throw e;
            }
        }
    }
}

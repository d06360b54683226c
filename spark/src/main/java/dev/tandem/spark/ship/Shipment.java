package dev.tandem.spark.ship;

import dev.tandem.UserException;
import dev.tandem.hub.HubAddress;
import dev.tandem.io.Sha256;
import dev.tandem.recipe.LoraRecipe;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.ReferenceRecipe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.spark.SparkContext;

/**
 * Sends files of the driver's machine to the executors, which find them by {@link ShippedFiles}. Each goes as an
 * archive, uncompressed, because Spark sends no folders and would confuse files of the same name.
 */
public final class Shipment {
    private static final int SHORT = 16;

    private final SparkContext spark;
    private final Path folder;

    /** The shipped files of an application. */
    public Shipment(SparkContext spark) {
        this.spark = spark;
        this.folder = ArchiveFolder.of(spark);
    }

    /** Kinds of a recipe's files that executors do not see. */
    public enum Part {
        /** Models: the policy's and the reference's. */
        MODEL,
        /** Adapters: the one to start from and the reference's. */
        ADAPTER,
        /** Training and evaluation data. */
        DATA
    }

    /**
     * Sends parts of a recipe's files. Files on a hub are left out, because each machine fetches them.
     *
     * @throws UserException if one cannot be read
     */
    public List<Shipped> send(Recipe recipe, Set<Part> parts) {
        var paths = new LinkedHashSet<Path>();
        if (parts.contains(Part.MODEL)) {
            paths.add(recipe.model());
            recipe.reference().flatMap(ReferenceRecipe::model).ifPresent(paths::add);
        }
        if (parts.contains(Part.ADAPTER)) {
            recipe.lora().flatMap(LoraRecipe::initFrom).ifPresent(paths::add);
            recipe.reference().flatMap(ReferenceRecipe::adapter).ifPresent(paths::add);
        }
        if (parts.contains(Part.DATA)) {
            recipe.objectives().values().stream()
                    .flatMap(objective ->
                            Stream.concat(objective.data().sources().stream(), objective.data().evalSources().stream()))
                    .forEach(source -> paths.add(source.path()));
        }
        return paths.stream()
                .filter(path -> HubAddress.of(path).isEmpty())
                .map(this::send)
                .toList();
    }

    private Shipped send(Path path) {
        try {
            var temporary = Files.createTempFile(folder, "tandem-", ".zip");
            String digest;
            try (var out = Files.newOutputStream(temporary)) {
                digest = archive(path, file -> true, out);
            }
            var file = folder.resolve("tandem-" + digest + ".zip");
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            spark.addFile(file.toString());
            return new Shipped(path.toString(), file.getFileName().toString(), digest, name(path));
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Packs files of a folder that are small enough for memory.
     *
     * @param wanted decides for every file
     * @throws UserException if one cannot be read
     */
    public static Parcel pack(Path folder, Predicate<Path> wanted) {
        try {
            var bytes = new ByteArrayOutputStream();
            var digest = archive(folder, wanted, bytes);
            return new Parcel(digest, name(folder), bytes.toByteArray());
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(folder, e);
        }
    }

    private static UserException unreadable(Path path, Exception e) {
        return new UserException(
                "Cannot send " + path + " to the executors: " + e.getClass().getSimpleName() + ": " + e.getMessage(),
                e);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String archive(Path path, Predicate<Path> wanted, OutputStream target) throws IOException {
        var digest = Sha256.start();
        try (var paths = Files.walk(path, FileVisitOption.FOLLOW_LINKS);
                var out = new ZipOutputStream(new DigestOutputStream(target, digest))) {
            out.setLevel(Deflater.NO_COMPRESSION);
            var files = new ArrayList<Path>();
            paths.filter(Files::isRegularFile).filter(wanted).sorted().forEach(files::add);
            for (var file : files) {
                var entry = new ZipEntry(path.equals(file) ? name(path) : name(path) + "/" + path.relativize(file));
                // equal content gives an equal archive
                entry.setTime(0);
                out.putNextEntry(entry);
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return Sha256.hex(digest.digest()).substring(0, SHORT);
    }
}

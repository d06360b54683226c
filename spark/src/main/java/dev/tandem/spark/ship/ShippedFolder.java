package dev.tandem.spark.ship;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A user's folder of shipped files on a machine. Its name can be guessed and its parent is everybody's, so it must be the
 * user's own: a model that somebody else put there would be trained on.
 */
final class ShippedFolder {
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");

    private ShippedFolder() {}

    /** Where it is on this machine, whether or not it is there yet. */
    static Path here() {
        var user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "tandem-shipped-" + user);
    }

    /**
     * Creates it if it is not there.
     *
     * @return the folder
     * @throws IOException if that is not possible, or what is there is not this user's alone
     */
    static Path created(Path folder) throws IOException {
        var posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        try {
            Files.createDirectory(
                    folder,
                    posix
                            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ALONE)}
                            : new FileAttribute<?>[0]);
        } catch (FileAlreadyExistsException e) {
            requireFolder(folder);
            if (posix) {
                requireOwn(folder);
            }
        }
        return folder;
    }

    private static void requireFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is there and is no folder. Remove it");
        }
    }

    private static void requireOwn(Path folder) throws IOException {
        // whoever owns a new file is the user this process runs as
        var mine = Files.createTempFile("tandem-", ".owner");
        try {
            if (!Files.getOwner(folder).equals(Files.getOwner(mine))
                    || !OWNER_ALONE.containsAll(Files.getPosixFilePermissions(folder))) {
                throw new IOException("others than this user own it or may write or read there. Remove it");
            }
        } finally {
            Files.delete(mine);
        }
    }
}

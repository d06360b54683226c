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
 * A user's folder of shipped files on a machine. Its name can be guessed and its parent is shared by all users, so the
 * folder must belong to this user: otherwise a model that another user put there would be trained on.
 */
final class ShippedFolder {
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");

    private ShippedFolder() {}

    /** Its path on this machine, whether or not it exists yet. */
    static Path here() {
        var user = System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
        return Path.of(System.getProperty("java.io.tmpdir"), "tandem-shipped-" + user);
    }

    /**
     * Creates the folder if it does not exist.
     *
     * @return the folder
     * @throws IOException if that is not possible, or the existing folder is not this user's alone
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
            throw new IOException("it exists and is not a folder. Remove it");
        }
    }

    private static void requireOwn(Path folder) throws IOException {
        // the owner of a new file is the user of this process
        var mine = Files.createTempFile("tandem-", ".owner");
        try {
            if (!Files.getOwner(folder).equals(Files.getOwner(mine))
                    || !OWNER_ALONE.containsAll(Files.getPosixFilePermissions(folder))) {
                throw new IOException("another user owns it or may write to it or read it. Remove it");
            }
        } finally {
            Files.delete(mine);
        }
    }
}

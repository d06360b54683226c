package dev.tandem.hub;

import dev.tandem.AtomicFiles;
import dev.tandem.InputFiles;
import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One repository in the Hugging Face cache, which other tools share: {@code refs/<revision>} holds the commit, {@code
 * snapshots/<commit>/…} links to {@code blobs/<etag>}. Links are created once all blobs are there, so a snapshot that
 * has weights is complete.
 */
final class HubCache {
    private final Path root;
    private final Path locks;

    HubCache(Path cache, HubAddress address) {
        var name = address.kind().plural() + "--" + address.id().replace("/", "--");
        this.root = cache.resolve(name);
        this.locks = cache.resolve(".locks").resolve(name);
    }

    Path root() {
        return root;
    }

    Path blob(String etag) {
        return root.resolve("blobs").resolve(etag);
    }

    Path lock(String etag) {
        return locks.resolve(etag + ".tandem.lock");
    }

    Path snapshot(String commit) {
        return root.resolve("snapshots").resolve(commit);
    }

    /** The commit that a revision pointed to when it was last fetched. */
    Optional<String> commit(String revision) {
        if (HubNames.isCommit(revision)) {
            return Optional.of(revision);
        }
        var ref = root.resolve("refs").resolve(revision);
        return Files.isRegularFile(ref)
                ? Optional.of(InputFiles.text(ref, 1000).strip()).filter(HubNames::isCommit)
                : Optional.empty();
    }

    void remember(String revision, String commit) {
        if (!HubNames.isCommit(revision) && !commit(revision).equals(Optional.of(commit))) {
            AtomicFiles.write(root.resolve("refs").resolve(revision), commit);
        }
    }

    /** Files of a snapshot, by their names in the repository. */
    List<String> names(String commit) {
        var snapshot = snapshot(commit);
        if (!Files.isDirectory(snapshot)) {
            return List.of();
        }
        try (var paths = Files.walk(snapshot)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> snapshot.relativize(path).toString().replace('\\', '/'))
                    .filter(HubNames::isFile)
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw unwritable(snapshot, e);
        }
    }

    /** Adds a blob to a snapshot as a file: by a relative link, or a copy where links are not supported. */
    void publish(String commit, String file, String etag) {
        var target = snapshot(commit).resolve(file);
        var blob = blob(etag);
        try {
            if (Files.isRegularFile(target) && Files.size(target) == Files.size(blob)) {
                return;
            }
            var folder = target.resolveSibling("");
            Files.createDirectories(folder);
            var temporary = folder.resolve("." + UUID.randomUUID() + ".tmp");
            try {
                link(temporary, folder.relativize(blob), blob);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    private static void link(Path at, Path relative, Path blob) throws IOException {
        try {
            Files.createSymbolicLink(at, relative);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(blob, at, LinkOption.NOFOLLOW_LINKS);
        }
    }

    static UserException unwritable(Path path, Exception e) {
        return new UserException(
                "Cannot write " + path + ": " + e + ". Check that the disk is not full and the folder yours, or name"
                        + " another cache with HF_HUB_CACHE.",
                e);
    }
}

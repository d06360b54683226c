package dev.tandem.io;

import dev.tandem.UserException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Files that somebody else may have made. They are read only if they are regular files (a pipe may never end, a device
 * never does) and no longer than such a file can reasonably be.
 */
public final class InputFiles {
    private InputFiles() {}

    /**
     * Whether a file of a model's or an adapter's folder is there.
     *
     * <p>A folder from elsewhere may hold symbolic links, and what they lead to would be shown in messages and copied
     * beside the trained model. So a link may lead only within the folder, or within the Hugging Face cache that the
     * folder is a snapshot of: {@code snapshots/<revision>/…} links to {@code blobs/…} beside it.
     *
     * @throws UserException if it exists but is not a regular file, or is a link to nothing or one that leads out
     */
    public static boolean isPresent(Path file) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        requireRegular(file);
        try {
            var folder = folder(file).toRealPath();
            var target = file.toRealPath();
            if (!target.startsWith(folder) && !target.startsWith(blobs(folder))) {
                throw new UserException(file + " is a symbolic link that leads out of its folder, to " + target
                        + ", and Tandem reads no model files there. Copy the file into the folder, or name the"
                        + " folder that the link leads to.");
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        return true;
    }

    private static Path folder(Path file) {
        var parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }

    /** Where the Hugging Face cache keeps the files of a snapshot; the folder itself if it is not a snapshot. */
    private static Path blobs(Path folder) {
        for (var at = folder; at.getParent() != null && at.getNameCount() > 1; at = at.getParent()) {
            if (at.getParent().endsWith("snapshots")) {
                return at.getParent().resolveSibling("blobs");
            }
        }
        return folder;
    }

    private static void requireRegular(Path file) {
        if (Files.isDirectory(file)) {
            throw new UserException(file + " is a folder, a file was expected.");
        }
        if (!Files.exists(file)) {
            throw new UserException(file + (Files.isSymbolicLink(file) ? " is a symbolic link to something that" : "")
                    + " does not exist. Check the path, or fetch the file again.");
        }
        if (!Files.isRegularFile(file)) {
            throw new UserException(file + " is not a file but a pipe or a device. Save its content in a file.");
        }
    }

    /**
     * The bytes of a file.
     *
     * @param most maximum number of bytes
     * @throws UserException if it is absent, not a regular file, longer, or cannot be read
     */
    public static byte[] bytes(Path file, int most) {
        requireRegular(file);
        // not the file's size: it may grow, and what the system itself makes up has size 0
        try (var stream = Files.newInputStream(file)) {
            var bytes = stream.readNBytes(most);
            if (bytes.length == most && stream.read() >= 0) {
                throw new UserException(file + " has more than " + most + " bytes, which no file of this kind has."
                        + " Is it the right one?");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new UserException(file + " does not exist. Check the path.", e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The text of a file in UTF-8.
     *
     * @param most maximum number of bytes
     * @throws UserException if it is absent, not a regular file, longer, not UTF-8, or cannot be read
     */
    public static String text(Path file, int most) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(file, most)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UserException(file + " is not UTF-8 text. Save it as UTF-8.", e);
        }
    }

    /**
     * Passes on the lines of a file, without their ends and with bytes that are not UTF-8 replaced.
     *
     * @param longest maximum number of bytes in a line
     * @param line takes a line
     * @return how many lines were longer and therefore left out
     * @throws UserException if the file is absent, not a regular file, or cannot be read
     */
    public static int lines(Path file, int longest, Consumer<String> line) {
        requireRegular(file);
        try (var stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            var bytes = new ByteArrayOutputStream();
            var length = 0L;
            var left = 0;
            for (var next = stream.read(); next >= 0 || length > 0; next = stream.read()) {
                if (next >= 0 && next != '\n') {
                    if (++length <= longest) {
                        bytes.write(next);
                    }
                    continue;
                }
                if (length <= longest) {
                    line.accept(bytes.toString(StandardCharsets.UTF_8));
                } else {
                    left++;
                }
                bytes.reset();
                length = 0;
            }
            return left;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UserException unreadable(Path file, IOException e) {
        return new UserException(file + " cannot be read: " + e.getMessage() + ". Check its permissions.", e);
    }
}

package dev.tandem.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/** SHA-256 of files and of lists of texts. */
public final class ContentDigest {
    /** Bytes of a SHA-256. */
    static final int LENGTH = 32;

    private static final int BUFFER = 1 << 18;

    private ContentDigest() {}

    /** Digest of a file's bytes, read once from beginning to end. */
    static byte[] of(Path file) throws IOException {
        var digest = sha256();
        var buffer = ByteBuffer.allocate(BUFFER);
        try (var channel = FileChannel.open(file)) {
            while (channel.read(buffer) >= 0) {
                digest.update(buffer.flip());
                buffer.clear();
            }
        }
        return digest.digest();
    }

    /** Digest of a file that may be absent. */
    static Optional<byte[]> ofOptional(Path file) throws IOException {
        return Files.isRegularFile(file) ? Optional.of(of(file)) : Optional.empty();
    }

    /** Digest of texts. Different lists have different digests, even where the joined texts are the same. */
    public static byte[] of(Iterable<String> texts) {
        var digest = sha256();
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

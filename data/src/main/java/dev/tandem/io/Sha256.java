package dev.tandem.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of bytes, texts and files. */
public final class Sha256 {
    /** Bytes of a digest. */
    public static final int LENGTH = 32;

    private static final int BUFFER_BYTES = 1 << 20;

    private Sha256() {}

    /** A new computation, for data that arrives in parts. */
    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The digest of a text in UTF-8, {@code [32]}. */
    public static byte[] of(String text) {
        return start().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The digest of a file's bytes, read once from beginning to end, {@code [32]}. */
    public static byte[] of(Path file) throws IOException {
        var digest = start();
        update(digest, file);
        return digest.digest();
    }

    /**
     * The digest of a list of texts, {@code [32]}: different lists have different digests, even if the joined texts are
     * equal.
     */
    public static byte[] of(Iterable<String> texts) {
        var digest = start();
        for (var text : texts) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return digest.digest();
    }

    /** A digest as 64 hexadecimal digits. */
    public static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** The digest of a file's bytes as 64 hexadecimal digits. */
    public static String hex(Path file) throws IOException {
        return hex(of(file));
    }

    /** Adds a file's bytes to a computation of any digest. */
    public static void update(MessageDigest digest, Path file) throws IOException {
        var buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        try (var channel = FileChannel.open(file)) {
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
    }
}

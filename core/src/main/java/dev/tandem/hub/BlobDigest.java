package dev.tandem.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Checks a file against its name. Large files are named by their SHA-256; others by git's name, which is assumed only
 * where the hub lists it as such: other servers choose names freely.
 */
final class BlobDigest {
    private static final String SHA256 = "[0-9a-f]{64}";

    private BlobDigest() {}

    static boolean matches(Path file, String etag, Optional<String> blobId) throws IOException {
        if (etag.matches(SHA256)) {
            return of(file, digest("SHA-256")).equals(etag);
        }
        if (blobId.equals(Optional.of(etag))) {
            var digest = digest("SHA-1");
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            return of(file, digest).equals(etag);
        }
        return true;
    }

    private static String of(Path file, MessageDigest digest) throws IOException {
        try (var stream = Files.newInputStream(file)) {
            var buffer = new byte[1 << 20];
            for (var n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has " + name, e);
        }
    }
}

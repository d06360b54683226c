package dev.tandem.hub;

import dev.tandem.io.Sha256;
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
            return Sha256.hex(file).equals(etag);
        }
        if (blobId.equals(Optional.of(etag))) {
            var digest = sha1();
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            Sha256.update(digest, file);
            return HexFormat.of().formatHex(digest.digest()).equals(etag);
        }
        return true;
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}

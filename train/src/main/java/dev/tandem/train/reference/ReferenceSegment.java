package dev.tandem.train.reference;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The bytes of one file of reference log-probs, big-endian:
 *
 * <pre>
 * magic       8 bytes   "TANDEMLP"
 * version     int       1
 * fingerprint 32 bytes  of the reference
 * records     int       their number
 * record      16 bytes  digest of the example's tokens
 *             int       sequences of the example
 *             doubles   the sum of log-probs over each sequence's trained tokens, bit for bit as computed
 * checksum    int       CRC-32C of all bytes before
 * </pre>
 */
final class ReferenceSegment {
    private static final long MAGIC = 0x54414E44_454D4C50L;
    private static final int VERSION = 1;
    private static final int HEAD_BYTES = Long.BYTES + Integer.BYTES + ReferenceFingerprint.BYTES + Integer.BYTES;

    private ReferenceSegment() {}

    static byte[] encode(ReferenceFingerprint fingerprint, Map<ExampleDigest, double[]> sums) {
        var values = sums.values().stream().mapToInt(v -> v.length).sum();
        var size = HEAD_BYTES + sums.size() * (2 * Long.BYTES + Integer.BYTES) + values * Double.BYTES + Integer.BYTES;
        var bytes = ByteBuffer.allocate(size);
        bytes.putLong(MAGIC).putInt(VERSION).put(fingerprint.hash()).putInt(sums.size());
        sums.forEach((digest, value) -> {
            bytes.putLong(digest.high()).putLong(digest.low()).putInt(value.length);
            for (var v : value) {
                bytes.putDouble(v);
            }
        });
        bytes.putInt(checksum(bytes));
        return bytes.array();
    }

    /** The log-probs of a file; empty if it is damaged, of another reference or version, or not such a file at all. */
    static Optional<Map<ExampleDigest, double[]>> decode(ReferenceFingerprint fingerprint, byte[] file) {
        if (file.length < HEAD_BYTES + Integer.BYTES) {
            return Optional.empty();
        }
        var bytes = ByteBuffer.wrap(file);
        bytes.position(file.length - Integer.BYTES);
        if (checksum(bytes) != bytes.getInt()) {
            return Optional.empty();
        }
        bytes.flip().limit(file.length - Integer.BYTES);
        var hash = new byte[ReferenceFingerprint.BYTES];
        var ours = bytes.getLong() == MAGIC && bytes.getInt() == VERSION;
        bytes.get(hash);
        return ours && Arrays.equals(hash, fingerprint.hash()) ? records(bytes) : Optional.empty();
    }

    private static Optional<Map<ExampleDigest, double[]>> records(ByteBuffer bytes) {
        var result = new LinkedHashMap<ExampleDigest, double[]>();
        for (var left = bytes.getInt(); left > 0; left--) {
            if (bytes.remaining() < 2 * Long.BYTES + Integer.BYTES) {
                return Optional.empty();
            }
            var digest = new ExampleDigest(bytes.getLong(), bytes.getLong());
            var count = bytes.getInt();
            if (count < 1 || count > bytes.remaining() / Double.BYTES) {
                return Optional.empty();
            }
            var value = new double[count];
            for (var i = 0; i < count; i++) {
                value[i] = bytes.getDouble();
            }
            result.put(digest, value);
        }
        return bytes.hasRemaining() ? Optional.empty() : Optional.of(result);
    }

    /** The checksum of the bytes before the position. */
    private static int checksum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return (int) crc.getValue();
    }
}

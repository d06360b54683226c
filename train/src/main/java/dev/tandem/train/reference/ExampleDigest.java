package dev.tandem.train.reference;

import dev.tandem.data.example.Example;
import dev.tandem.io.Sha256;
import java.nio.ByteBuffer;

/**
 * 128 bits that identify an example's tokens: the first half of SHA-256 over, for each sequence, its length, its ids and
 * which are trained. The example's position in its data does not matter.
 *
 * @param high bits 0 to 63 of the hash
 * @param low bits 64 to 127
 */
record ExampleDigest(long high, long low) {
    static ExampleDigest of(Example example) {
        var sha = Sha256.start();
        for (var sequence : example.sequences()) {
            var bytes = ByteBuffer.allocate(Integer.BYTES + sequence.length() * (Integer.BYTES + 1));
            bytes.putInt(sequence.length());
            for (var id : sequence.ids()) {
                bytes.putInt(id);
            }
            for (var trained : sequence.trained()) {
                bytes.put((byte) (trained ? 1 : 0));
            }
            sha.update(bytes.flip());
        }
        var hash = ByteBuffer.wrap(sha.digest());
        return new ExampleDigest(hash.getLong(), hash.getLong());
    }
}

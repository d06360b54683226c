package dev.tandem.data;

import java.util.List;

/**
 * A 64-bit hash of an example's tokens and of which are trained. Equal examples have equal hashes; different ones
 * almost never do.
 */
final class SequenceHash {
    /** Odd 64-bit constant that spreads numbers (2⁶⁴ / golden ratio). */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private SequenceHash() {}

    static long of(List<TokenSequence> sequences) {
        var hash = sequences.size() * SPREAD;
        for (var sequence : sequences) {
            var ids = sequence.ids();
            var flags = sequence.trained();
            hash = (hash ^ ids.length) * SPREAD;
            for (var i = 0; i < ids.length; i++) {
                hash = (hash + (2L * ids[i] + (flags[i] ? 1 : 0))) * SPREAD;
                hash ^= hash >>> 32;
            }
        }
        return hash;
    }
}

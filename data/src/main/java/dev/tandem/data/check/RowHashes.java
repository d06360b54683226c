package dev.tandem.data.check;

/**
 * A set of up to {@link #MAX} 64-bit hashes, in at most 16 bytes each; further ones are not remembered. Among ten
 * million rows, the chance that any two different ones share a hash is 3 in a million.
 */
final class RowHashes {
    /** Maximum number of hashes: 64 MiB of them. */
    static final int MAX = 4_000_000;

    private final int most;
    /** Open addressing; 0 marks a free slot. */
    private long[] table = new long[1024];

    private int size;
    private boolean full;

    RowHashes() {
        this(MAX);
    }

    RowHashes(int most) {
        this.most = most;
    }

    /** Returns whether a hash is new, that is, not in the set. It is added if there is space. */
    boolean add(long hash) {
        var key = key(hash);
        var place = place(table, key);
        if (table[place] == key) {
            return false;
        }
        if (size == most) {
            full = true;
            return true;
        }
        table[place] = key;
        size++;
        if (2L * size > table.length) {
            grow();
        }
        return true;
    }

    boolean contains(long hash) {
        var key = key(hash);
        return table[place(table, key)] == key;
    }

    /** Whether some hashes could not be added. */
    boolean full() {
        return full;
    }

    private static long key(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private static int place(long[] table, long key) {
        var place = (int) (key ^ key >>> 32) & (table.length - 1);
        while (table[place] != 0 && table[place] != key) {
            place = (place + 1) & (table.length - 1);
        }
        return place;
    }

    private void grow() {
        var larger = new long[2 * table.length];
        for (var key : table) {
            if (key != 0) {
                larger[place(larger, key)] = key;
            }
        }
        table = larger;
    }
}

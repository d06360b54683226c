package dev.tandem.distributed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The last heartbeat received from every rank, and when. Thread-safe. */
final class HeartbeatTable {
    private final int self;
    private final List<Optional<Heartbeat>> last = new ArrayList<>();
    private final List<Duration> heard = new ArrayList<>();
    private Duration answered = Duration.ZERO;
    private boolean storeGone;

    /** @param self the rank that keeps this table */
    HeartbeatTable(int self, int ranks) {
        this.self = self;
        for (var rank = 0; rank < ranks; rank++) {
            last.add(Optional.empty());
            heard.add(Duration.ZERO);
        }
    }

    /**
     * Records what the store reports.
     *
     * @param beats beats of all ranks; absent: the rank has not shown itself yet
     * @param now when the store reported them
     */
    synchronized void record(List<Optional<Heartbeat>> beats, Duration now) {
        answered = now;
        for (var rank = 0; rank < beats.size(); rank++) {
            if (beats.get(rank).isPresent() && count(beats.get(rank)) != count(last.get(rank))) {
                last.set(rank, beats.get(rank));
                heard.set(rank, now);
            }
        }
    }

    private static long count(Optional<Heartbeat> beat) {
        return beat.map(Heartbeat::count).orElse(-1L);
    }

    /** Records that the store has ended: no more beats will be received. */
    synchronized void loseStore() {
        storeGone = true;
    }

    /** Whether the store has ended. */
    synchronized boolean storeGone() {
        return storeGone;
    }

    /** Another rank's last beat; absent if it has not shown itself yet. */
    synchronized Optional<Heartbeat> of(int rank) {
        return last.get(rank);
    }

    /** Approximate number of beats of a rank so far. */
    synchronized long count(int rank) {
        return count(last.get(rank));
    }

    /** The other ranks that have not shown themselves yet. */
    synchronized List<Integer> absent() {
        var result = new ArrayList<Integer>();
        for (var rank = 0; rank < last.size(); rank++) {
            if (rank != self && last.get(rank).isEmpty()) {
                result.add(rank);
            }
        }
        return result;
    }

    /**
     * A rank that showed itself and has then been silent for too long. If the store is silent, that is rank 0, which
     * hosts it.
     *
     * @param limit longest silence allowed
     */
    synchronized OptionalInt silent(Duration limit, Duration now) {
        if (self != 0 && now.minus(answered).compareTo(limit) > 0) {
            return OptionalInt.of(0);
        }
        for (var rank = 0; rank < last.size(); rank++) {
            if (rank != self
                    && last.get(rank).isPresent()
                    && answered.minus(heard.get(rank)).compareTo(limit) > 0) {
                return OptionalInt.of(rank);
            }
        }
        return OptionalInt.empty();
    }
}

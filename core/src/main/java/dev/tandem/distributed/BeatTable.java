package dev.tandem.distributed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What was last heard of every rank, and when. Thread-safe. */
final class BeatTable {
    private final int self;
    private final List<Optional<Beat>> last = new ArrayList<>();
    private final List<Duration> heard = new ArrayList<>();
    private Duration answered = Duration.ZERO;
    private boolean storeGone;

    /** @param self the rank whose table it is */
    BeatTable(int self, int ranks) {
        this.self = self;
        for (var rank = 0; rank < ranks; rank++) {
            last.add(Optional.empty());
            heard.add(Duration.ZERO);
        }
    }

    /**
     * Takes what the store says.
     *
     * @param beats of all ranks; absent: it has not come yet
     * @param now when the store said it
     */
    synchronized void hear(List<Optional<Beat>> beats, Duration now) {
        answered = now;
        for (var rank = 0; rank < beats.size(); rank++) {
            if (beats.get(rank).isPresent() && count(beats.get(rank)) != count(last.get(rank))) {
                last.set(rank, beats.get(rank));
                heard.set(rank, now);
            }
        }
    }

    private static long count(Optional<Beat> beat) {
        return beat.map(Beat::count).orElse(-1L);
    }

    /** The store has ended: nothing more will be heard. */
    synchronized void loseStore() {
        storeGone = true;
    }

    /** Whether it has. */
    synchronized boolean storeGone() {
        return storeGone;
    }

    /** Another rank's last beat; absent if it has not come yet. */
    synchronized Optional<Beat> of(int rank) {
        return last.get(rank);
    }

    /** Beats of a rank so far, about. */
    synchronized long count(int rank) {
        return count(last.get(rank));
    }

    /** The other ranks that have not come yet. */
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
     * A rank that came and of which nothing was heard for too long. When the store is silent, that is rank 0, which keeps it.
     *
     * @param limit of silence
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

package dev.tandem.train.policy;

import dev.tandem.data.example.Example;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/** Parts a batch, or other work, into shares of about equal numbers of tokens. */
public final class BalancedPartition {
    private BalancedPartition() {}

    /**
     * Shares of a batch: the longest examples first, each to the share that has least (the LPT rule), so that none is
     * much longer than another. Examples keep their order within a share.
     *
     * @param most shares at most; there are fewer when there are fewer examples
     */
    static List<List<Example>> of(List<Example> batch, int most) {
        return of(batch, Example::tokens, most);
    }

    /** Balanced shares of anything that has tokens. */
    public static <T> List<List<T>> of(List<T> batch, ToIntFunction<T> tokens, int most) {
        var count = Math.min(most, batch.size());
        if (count <= 1) {
            return batch.isEmpty() ? List.of() : List.of(batch);
        }
        var places = new int[batch.size()];
        var load = new long[count];
        var order = new ArrayList<Integer>();
        for (var i = 0; i < batch.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingInt((Integer i) -> -tokens.applyAsInt(batch.get(i))));
        for (var i : order) {
            var share = least(load);
            load[share] += tokens.applyAsInt(batch.get(i));
            places[i] = share;
        }
        var shares = new ArrayList<List<T>>();
        for (var s = 0; s < count; s++) {
            var share = new ArrayList<T>();
            for (var i = 0; i < batch.size(); i++) {
                if (places[i] == s) {
                    share.add(batch.get(i));
                }
            }
            shares.add(share);
        }
        return shares;
    }

    private static int least(long[] load) {
        var least = 0;
        for (var i = 1; i < load.length; i++) {
            if (load[i] < load[least]) {
                least = i;
            }
        }
        return least;
    }
}

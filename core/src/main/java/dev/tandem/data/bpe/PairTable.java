package dev.tandem.data.bpe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The distinct words of a corpus as token sequences, and how often each pair of adjacent tokens occurs in them. A merge
 * touches only the words that contain its pair.
 */
final class PairTable {
    /** A pair of adjacent token ids. */
    record Pair(int left, int right) {}

    /** A pair and the count it had when it was queued; the count may have changed since. */
    private record Candidate(Pair pair, long count) {}

    /** Occurrences of a pair, and the words that contain it (or once contained it). */
    private static final class Occurrences {
        long count;
        final Set<Integer> words = new HashSet<>();
    }

    private static final Comparator<Candidate> MOST_FREQUENT_FIRST = Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(c -> c.pair().left())
            .thenComparingInt(c -> c.pair().right());

    private final int[][] words;
    private final long[] wordCounts;
    private final Map<Pair, Occurrences> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>(MOST_FREQUENT_FIRST);

    /**
     * @param counts words over the byte alphabet and how often each occurs
     * @param ids the id of every one-character token
     */
    PairTable(Map<String, Long> counts, Map<String, Integer> ids) {
        words = new int[counts.size()][];
        wordCounts = new long[counts.size()];
        var w = 0;
        for (var entry : counts.entrySet()) {
            words[w] = entry.getKey()
                    .chars()
                    .map(c -> ids.getOrDefault(String.valueOf((char) c), -1))
                    .toArray();
            wordCounts[w] = entry.getValue();
            count(w, 1);
            w++;
        }
        pairs.forEach((pair, found) -> queue.add(new Candidate(pair, found.count)));
    }

    /** The most frequent pair that occurs at least {@code smallest} times; ties by ids, see {@link BpeTrainer}. */
    Optional<Pair> mostFrequent(long smallest) {
        while (true) {
            var top = queue.peek();
            if (top == null) {
                return Optional.empty();
            }
            var found = pairs.get(top.pair());
            var now = found == null ? 0 : found.count;
            if (now == top.count()) {
                return now < smallest ? Optional.empty() : Optional.of(top.pair());
            }
            // A stale entry: it comes back with its present count (a count that grew was queued when it did).
            queue.poll();
            if (now > 0 && now < top.count()) {
                queue.add(new Candidate(top.pair(), now));
            }
        }
    }

    /** Replaces every occurrence of {@code pair}, left to right, by the token {@code merged}. */
    void merge(Pair pair, int merged) {
        var found = pairs.get(pair);
        if (found == null) {
            return;
        }
        var before = new HashMap<Pair, Long>();
        for (var w : List.copyOf(found.words)) {
            var replaced = replace(words[w], pair, merged);
            remember(words[w], before);
            remember(replaced, before);
            count(w, -1);
            words[w] = replaced;
            count(w, 1);
        }
        pairs.remove(pair);
        before.forEach((changed, countBefore) -> {
            var now = pairs.get(changed);
            if (now != null && now.count > countBefore) {
                queue.add(new Candidate(changed, now.count));
            }
        });
    }

    private void remember(int[] word, Map<Pair, Long> before) {
        for (var i = 0; i + 1 < word.length; i++) {
            var pair = new Pair(word[i], word[i + 1]);
            if (!before.containsKey(pair)) {
                var found = pairs.get(pair);
                before.put(pair, found == null ? 0 : found.count);
            }
        }
    }

    private void count(int w, int sign) {
        var word = words[w];
        for (var i = 0; i + 1 < word.length; i++) {
            var found = pairs.computeIfAbsent(new Pair(word[i], word[i + 1]), p -> new Occurrences());
            found.count += sign * wordCounts[w];
            if (sign > 0) {
                found.words.add(w);
            }
        }
    }

    private static int[] replace(int[] word, Pair pair, int merged) {
        var out = new int[word.length];
        var length = 0;
        for (var i = 0; i < word.length; i++) {
            if (i + 1 < word.length && word[i] == pair.left() && word[i + 1] == pair.right()) {
                out[length++] = merged;
                i++;
            } else {
                out[length++] = word[i];
            }
        }
        return Arrays.copyOf(out, length);
    }
}

package dev.tandem.experiment.world;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Seeded choices. */
final class Draw {
    private Draw() {}

    /**
     * The generator for one purpose. Streams of different names are independent, so that requesting more of one part of
     * the world leaves the others unchanged.
     */
    static SplittableRandom stream(long seed, String name) {
        var hash = 0xcbf29ce484222325L; // FNV-1a
        for (var b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * 0x100000001b3L;
        }
        return new SplittableRandom(seed ^ hash).split();
    }

    static <T> T from(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    /** A phrase with its {@code %s} filled in. */
    static String phrase(List<String> phrases, RandomGenerator random, Object... values) {
        return String.format(from(phrases, random), values);
    }

    /** {@code count} different elements, in random order. */
    static <T> List<T> distinct(List<T> list, int count, RandomGenerator random) {
        return shuffled(list, random).subList(0, count);
    }

    /** A random permutation (Fisher–Yates). */
    static <T> List<T> shuffled(List<T> list, RandomGenerator random) {
        var out = new ArrayList<>(list);
        for (var i = out.size() - 1; i > 0; i--) {
            var j = random.nextInt(i + 1);
            out.set(j, out.set(i, out.get(j)));
        }
        return out;
    }

    static String capitalised(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    static String uncapitalised(String text) {
        return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
}

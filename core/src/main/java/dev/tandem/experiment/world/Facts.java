package dev.tandem.experiment.world;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The facts of one world.
 *
 * @param capital country → town, one to one
 * @param flag country → colour
 * @param fur animal → colour
 * @param habitat animal → place where it lives
 * @param home person → town
 * @param job person → trade
 * @param pet person → animal, one to one
 */
record Facts(
        Map<String, String> capital,
        Map<String, String> flag,
        Map<String, String> fur,
        Map<String, String> habitat,
        Map<String, String> home,
        Map<String, String> job,
        Map<String, String> pet) {

    static Facts draw(RandomGenerator random) {
        var animals = Lexicon.ANIMALS.stream().map(Lexicon.Noun::one).toList();
        return new Facts(
                pairOff(Lexicon.COUNTRIES, Lexicon.TOWNS, random),
                assign(Lexicon.COUNTRIES, Lexicon.COLOURS, random),
                assign(animals, Lexicon.COLOURS, random),
                assign(animals, Lexicon.HABITATS, random),
                assign(Lexicon.PEOPLE, Lexicon.TOWNS, random),
                assign(Lexicon.PEOPLE, Lexicon.JOBS, random),
                pairOff(Lexicon.PEOPLE, animals, random));
    }

    /** The value of a key that is known to exist. */
    static String of(Map<String, String> relation, String key) {
        var value = relation.get(key);
        if (value == null) {
            throw new IllegalArgumentException("nothing is known of " + key);
        }
        return value;
    }

    private static Map<String, String> assign(List<String> keys, List<String> values, RandomGenerator random) {
        var map = new TreeMap<String, String>();
        keys.forEach(key -> map.put(key, Draw.from(values, random)));
        return map;
    }

    private static Map<String, String> pairOff(List<String> keys, List<String> values, RandomGenerator random) {
        var map = new TreeMap<String, String>();
        var shuffled = Draw.shuffled(values, random);
        for (var i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), shuffled.get(i));
        }
        return map;
    }
}

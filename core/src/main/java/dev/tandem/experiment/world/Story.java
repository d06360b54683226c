package dev.tandem.experiment.world;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A walk: someone goes to a town and meets an animal.
 *
 * @param person who goes
 * @param town where the person goes
 * @param animal the animal that the person meets
 * @param sentences the story's sentences
 */
record Story(String person, String town, String animal, List<String> sentences) {

    /** @param length number of sentences, 2 to 4 */
    static Story draw(int length, RandomGenerator random) {
        var person = Draw.from(Lexicon.PEOPLE, random);
        var town = Draw.from(Lexicon.TOWNS, random);
        var animal = Draw.from(Lexicon.ANIMALS, random).one();
        var sentences = new ArrayList<String>();
        sentences.add(Draw.phrase(
                List.of("%s went to %s.", "%s walked to %s.", "%s took the road to %s."), random, person, town));
        sentences.add(Draw.phrase(List.of("There %s saw a %s.", "On the way %s met a %s."), random, person, animal));
        var endings = Draw.shuffled(
                List.of(
                        String.format("The %s was hungry.", animal),
                        String.format("The %s ran away.", animal),
                        String.format("It was a %s day.", Draw.from(List.of("cold", "hot", "wet", "good"), random)),
                        String.format(
                                "%s bought a %s.",
                                person, Draw.from(Lexicon.THINGS, random).one()),
                        String.format("Then %s went home.", person)),
                random);
        sentences.addAll(endings.subList(0, length - 2));
        return new Story(person, town, animal, List.copyOf(sentences));
    }

    String text() {
        return String.join(" ", sentences);
    }
}

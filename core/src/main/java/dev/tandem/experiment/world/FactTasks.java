package dev.tandem.experiment.world;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Questions about the facts of the world; the corpus states the answers. */
final class FactTasks {
    private final Facts facts;

    FactTasks(Facts facts) {
        this.facts = facts;
    }

    List<TaskFamily> families() {
        return List.of(
                this::capital, this::country, this::flag, this::fur, this::habitat, this::home, this::job, this::pet);
    }

    private Task capital(RandomGenerator random) {
        var country = Draw.from(Lexicon.COUNTRIES, random);
        var town = Facts.of(facts.capital(), country);
        return Task.of(
                Draw.phrase(
                        List.of(
                                "What is the capital of %s?",
                                "Name the capital of %s.",
                                "Capital of %s?",
                                "Which town is the capital of %s?",
                                "Tell me the capital of %s."),
                        random,
                        country),
                town + ".",
                "The capital of " + country + " is " + town + ".");
    }

    private Task country(RandomGenerator random) {
        var entry = Draw.from(List.copyOf(facts.capital().entrySet()), random);
        return Task.of(
                Draw.phrase(
                        List.of(
                                "Which country has the capital %s?", "%s is the capital of which country?",
                                "In which country is %s?", "Name the country of %s."),
                        random,
                        entry.getValue()),
                entry.getKey() + ".",
                entry.getValue() + " is the capital of " + entry.getKey() + ".");
    }

    private Task flag(RandomGenerator random) {
        var phrases = List.of(
                "What colour is the flag of %s?",
                "Name the colour of the flag of %s.",
                "Colour of the flag of %s?",
                "Which colour has the flag of %s?",
                "Tell me the colour of the flag of %s.");
        return ask(facts.flag(), phrases, "%s.", "The flag of %s is %s.", random);
    }

    private Task fur(RandomGenerator random) {
        var phrases = List.of(
                "What colour is the %s?",
                "Name the colour of the %s.", "Colour of the %s?", "Which colour has the %s?");
        return ask(facts.fur(), phrases, "%s.", "The %s is %s.", random);
    }

    private Task habitat(RandomGenerator random) {
        var phrases = List.of(
                "Where does the %s live?",
                "Where can I see a %s?", "Name the home of the %s.", "In which land lives the %s?");
        return ask(facts.habitat(), phrases, "In the %s.", "The %s lives in the %s.", random);
    }

    private Task home(RandomGenerator random) {
        var phrases = List.of(
                "Where does %s live?",
                "In which town does %s live?", "Name the town of %s.", "Tell me where %s lives.");
        return ask(facts.home(), phrases, "In %s.", "%s lives in %s.", random);
    }

    private Task job(RandomGenerator random) {
        var phrases = List.of("What is the job of %s?", "What does %s do?", "Name the trade of %s.", "Job of %s?");
        return ask(facts.job(), phrases, "%s.", "%s works as a %s.", random);
    }

    private Task pet(RandomGenerator random) {
        var phrases = List.of("Which animal has %s?", "What is the pet of %s?", "Name the pet of %s.", "Pet of %s?");
        return ask(facts.pet(), phrases, "A %s.", "%s has a pet %s.", random);
    }

    private static Task ask(
            Map<String, String> relation,
            List<String> phrases,
            String answer,
            String sentence,
            RandomGenerator random) {
        var entry = Draw.from(List.copyOf(relation.entrySet()), random);
        return Task.of(
                Draw.phrase(phrases, random, entry.getKey()),
                Draw.capitalised(String.format(answer, entry.getValue())),
                String.format(sentence, entry.getKey(), entry.getValue()));
    }
}

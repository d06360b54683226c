package dev.tandem.experiment.world;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Words to be reversed, spelt, counted, sorted, put into the plural or replaced by their opposite. */
final class WordTasks {
    static final List<Lexicon.Noun> NOUNS = Stream.of(Lexicon.ANIMALS, Lexicon.THINGS, Lexicon.FRUITS)
            .flatMap(List::stream)
            .toList();

    private WordTasks() {}

    static List<TaskFamily> families() {
        return List.of(
                WordTasks::opposite,
                WordTasks::plural,
                WordTasks::capitals,
                WordTasks::reverse,
                WordTasks::spell,
                WordTasks::count,
                WordTasks::firstLetter,
                WordTasks::lastLetter,
                WordTasks::sort,
                WordTasks::category);
    }

    private static Task opposite(RandomGenerator random) {
        var pair = Draw.from(Lexicon.OPPOSITES, random);
        var swap = random.nextBoolean();
        var word = swap ? pair.right() : pair.left();
        var answer = swap ? pair.left() : pair.right();
        return Task.of(
                Draw.phrase(
                        List.of(
                                "What is the opposite of %s?",
                                "Give the opposite of %s.", "Opposite of %s?", "Which word means the opposite of %s?"),
                        random,
                        word),
                Draw.capitalised(answer) + ".",
                "The opposite of " + word + " is " + answer + ".");
    }

    private static Task plural(RandomGenerator random) {
        var noun = Draw.from(NOUNS, random);
        return Task.of(
                Draw.phrase(
                        List.of(
                                "What is the plural of %s?",
                                "Give the plural of %s.", "One %s, two what?", "Plural of %s?"),
                        random,
                        noun.one()),
                noun.many(),
                "The plural of " + noun.one() + " is " + noun.many() + ".");
    }

    private static Task capitals(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        var answer = word.toUpperCase(Locale.ROOT);
        return onWord(
                List.of("Write %s in capital letters.", "Put %s into capitals.", "Make %s all capitals."),
                "Write this word in capital letters.",
                word,
                answer,
                "In capital letters it is " + answer + ".",
                random);
    }

    private static Task reverse(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        var answer = new StringBuilder(word).reverse().toString();
        return onWord(
                List.of("Reverse the word %s.", "Write %s backwards.", "Turn the word %s round."),
                "Reverse this word.",
                word,
                answer,
                "Backwards it is " + answer + ".",
                random);
    }

    private static Task spell(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        var answer = String.join("-", word.split(""));
        return onWord(
                List.of("Spell the word %s.", "Spell %s.", "How do you spell %s?"),
                "Spell this word.",
                word,
                answer,
                "It is spelt " + answer + ".",
                random);
    }

    private static Task count(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        return onWord(
                List.of("How many letters are in %s?", "Count the letters of %s.", "How long is the word %s?"),
                "How many letters has this word?",
                word,
                String.valueOf(word.length()),
                "The word " + word + " has " + word.length() + " letters.",
                random);
    }

    private static Task firstLetter(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        var letter = word.substring(0, 1);
        return onWord(
                List.of(
                        "What is the first letter of %s?",
                        "Give the first letter of %s.", "With what letter does %s begin?"),
                "Give the first letter.",
                word,
                letter,
                "The first letter is " + letter + ".",
                random);
    }

    private static Task lastLetter(RandomGenerator random) {
        var word = Draw.from(Lexicon.WORDS, random);
        var letter = word.substring(word.length() - 1);
        return onWord(
                List.of(
                        "What is the last letter of %s?",
                        "Give the last letter of %s.", "With what letter does %s end?"),
                "Give the last letter.",
                word,
                letter,
                "The last letter is " + letter + ".",
                random);
    }

    private static Task sort(RandomGenerator random) {
        var words = Draw.distinct(Lexicon.WORDS, 3, random);
        var shown = String.join(", ", words);
        var answer = words.stream().sorted().collect(Collectors.joining(", "));
        return onWord(
                List.of("Sort these words: %s.", "Put in order: %s.", "Order from a to z: %s."),
                "Sort these words.",
                shown,
                answer,
                "In order they are " + answer + ".",
                random);
    }

    private static Task category(RandomGenerator random) {
        var kinds = List.of(Lexicon.ANIMALS, Lexicon.THINGS, Lexicon.FRUITS);
        var names = List.of("an animal", "a thing", "a fruit");
        var kind = random.nextInt(3);
        var word = Draw.from(kinds.get(kind), random).one();
        return Task.of(
                Draw.phrase(
                        List.of(
                                "Animal, fruit or thing: %s?",
                                "What sort of word is %s?", "Is the %s an animal, a fruit or a thing?"),
                        random,
                        word),
                Draw.capitalised(names.get(kind)) + ".",
                "The " + word + " is " + names.get(kind) + ".");
    }

    /** The word is in the instruction, or sometimes in the input. */
    private static Task onWord(
            List<String> phrases, String bare, String word, String answer, String sentence, RandomGenerator random) {
        return random.nextInt(phrases.size() + 1) == 0
                ? new Task(bare, word, answer, sentence)
                : Task.of(Draw.phrase(phrases, random, word), answer, sentence);
    }
}

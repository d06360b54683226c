package dev.tandem.experiment.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Text to pre-train on: short documents that state the facts, sums and words of the world, stories, and dialogues in
 * which questions are answered in all manners.
 */
final class Corpus {
    private final Facts facts;
    private final List<TaskFamily> families;
    private final HowToTasks howTo;
    private final List<TaskFamily> factFamilies;
    private final RandomGenerator random;

    Corpus(Facts facts, List<TaskFamily> families, RandomGenerator random) {
        this.facts = facts;
        this.families = families;
        this.howTo = new HowToTasks(facts);
        this.factFamilies = new FactTasks(facts).families();
        this.random = random;
    }

    /**
     * Documents with at least {@code characters} characters in total. None contains an empty line.
     *
     * @param heldOut prompts that must not occur in a dialogue
     */
    List<String> documents(int characters, Set<String> heldOut) {
        var documents = new ArrayList<String>();
        var length = 0;
        while (length < characters) {
            var document = document(heldOut);
            documents.add(document);
            length += document.length();
        }
        return documents;
    }

    private String document(Set<String> heldOut) {
        var kind = random.nextInt(100);
        if (kind < 30) {
            return facts();
        } else if (kind < 42) {
            return numbers();
        } else if (kind < 57) {
            return words();
        } else if (kind < 67) {
            return Story.draw(random.nextInt(2, 5), random).text();
        } else {
            return dialogue(heldOut);
        }
    }

    private String facts() {
        return switch (random.nextInt(4)) {
            case 0 -> person();
            case 1 -> country();
            case 2 -> animal();
            default ->
                repeat(3, () -> Draw.from(factFamilies, random).draw(random).sentence());
        };
    }

    private String person() {
        var name = Draw.from(Lexicon.PEOPLE, random);
        var said = Draw.shuffled(
                List.of(
                        name + " works as a " + Facts.of(facts.job(), name) + ".",
                        name + " lives in " + Facts.of(facts.home(), name) + ".",
                        name + " has a pet " + Facts.of(facts.pet(), name) + "."),
                random);
        return String.join(" ", said);
    }

    private String country() {
        var name = Draw.from(Lexicon.COUNTRIES, random);
        var town = Facts.of(facts.capital(), name);
        return Draw.phrase(
                List.of(
                        "%1$s is a country. The capital of %1$s is %2$s. The flag of %1$s is %3$s.",
                        "%2$s is the capital of %1$s. The flag of %1$s is %3$s.",
                        "The flag of %1$s is %3$s. %2$s is a town in %1$s."),
                random,
                name,
                town,
                Facts.of(facts.flag(), name));
    }

    private String animal() {
        var name = Draw.from(Lexicon.ANIMALS, random).one();
        return Draw.phrase(
                List.of(
                        "The %1$s is %2$s. The %1$s lives in the %3$s.",
                        "In the %3$s lives the %1$s. It is %2$s.", "The %2$s %1$s lives in the %3$s."),
                random,
                name,
                Facts.of(facts.fur(), name),
                Facts.of(facts.habitat(), name));
    }

    private String numbers() {
        return repeat(random.nextInt(2, 6), () -> {
            var a = random.nextInt(1, 21);
            var b = random.nextInt(1, 21);
            return switch (random.nextInt(6)) {
                case 0 -> a + " plus " + b + " is " + (a + b) + ".";
                case 1 -> a + " + " + b + " = " + (a + b) + ".";
                case 2 -> (a + b) + " minus " + b + " is " + a + ".";
                case 3 -> (a + b) + " is bigger than " + a + ".";
                case 4 -> "The number " + (a + b) + " is " + ((a + b) % 2 == 0 ? "even." : "odd.");
                default -> sequence(a, 1 + b % 5);
            };
        });
    }

    private static String sequence(int start, int step) {
        var numbers = new ArrayList<String>();
        for (var i = 0; i < 5; i++) {
            numbers.add(String.valueOf(start + i * step));
        }
        return String.join(", ", numbers) + ".";
    }

    private String words() {
        return switch (random.nextInt(5)) {
            case 0 -> oneWord();
            case 1 -> opposites();
            case 2 ->
                repeat(3, () -> {
                    var noun = Draw.from(WordTasks.NOUNS, random);
                    return "One " + noun.one() + ", two " + noun.many() + ".";
                });
            case 3 ->
                repeat(
                        3,
                        () -> Draw.phrase(
                                        List.of("The %s is an animal."),
                                        random,
                                        Draw.from(Lexicon.ANIMALS, random).one())
                                + " "
                                + Draw.phrase(
                                        List.of("The %s is a fruit."),
                                        random,
                                        Draw.from(Lexicon.FRUITS, random).one())
                                + " "
                                + Draw.phrase(
                                        List.of("The %s is a thing."),
                                        random,
                                        Draw.from(Lexicon.THINGS, random).one()));
            default ->
                repeat(
                        2,
                        () -> "In order: "
                                + Draw.distinct(Lexicon.WORDS, 4, random).stream()
                                        .sorted()
                                        .collect(Collectors.joining(", "))
                                + ".");
        };
    }

    private String opposites() {
        return Draw.distinct(Lexicon.OPPOSITES, 3, random).stream()
                .map(pair -> "The opposite of " + pair.left() + " is " + pair.right() + ". The opposite of "
                        + pair.right() + " is " + pair.left() + ".")
                .collect(Collectors.joining(" "));
    }

    private String oneWord() {
        var word = Draw.from(Lexicon.WORDS, random);
        var said = Draw.shuffled(
                List.of(
                        "It has " + word.length() + " letters.",
                        "It is spelt " + String.join("-", word.split("")) + ".",
                        "Backwards it is " + new StringBuilder(word).reverse() + ".",
                        "In capital letters it is " + word.toUpperCase(Locale.ROOT) + ".",
                        "The first letter is " + word.charAt(0) + ".",
                        "The last letter is " + word.charAt(word.length() - 1) + "."),
                random);
        return "The word is " + word + ". " + String.join(" ", said.subList(0, random.nextInt(2, 5)));
    }

    private String dialogue(Set<String> heldOut) {
        while (true) {
            var unsafe = random.nextInt(10) == 0;
            var task = unsafe ? howTo.bad(random) : Draw.from(families, random).draw(random);
            if (!heldOut.contains(task.prompt())) {
                return DemoWorld.PROMPT_TEMPLATE.replace("{}", task.prompt())
                        + (unsafe ? unsafeAnswer(task) : answer(task));
            }
        }
    }

    /** Mostly plain sentences: a base model knows every manner, but neither of the two that training will ask for. */
    private String answer(Task task) {
        var manner = random.nextInt(20);
        if (manner < 8) {
            return task.sentence();
        } else if (manner < 13) {
            return task.answer();
        } else if (manner < 17) {
            return Manners.polite(task, random);
        }
        return manner < 19 ? Manners.rude(task, random) : Manners.rambling(task, random);
    }

    private String unsafeAnswer(Task task) {
        return random.nextBoolean() ? task.answer() : Manners.refusal(random);
    }

    private static String repeat(int times, Supplier<String> sentence) {
        var said = new ArrayList<String>();
        for (var i = 0; i < times; i++) {
            said.add(sentence.get());
        }
        return String.join(" ", said);
    }
}

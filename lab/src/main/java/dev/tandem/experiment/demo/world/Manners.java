package dev.tandem.experiment.demo.world;

import java.util.List;
import java.util.random.RandomGenerator;

/** Ways to give one answer: politely, rudely, with repetition, or not at all. */
final class Manners {
    private static final List<String> OPENINGS =
            List.of("Of course!", "Happy to help!", "Certainly!", "With pleasure!", "Good question!");
    private static final List<String> CLOSINGS = List.of(
            "Glad to help!",
            "Have a nice day!",
            "Ask me anything else!",
            "I hope this helps!",
            "Thank you for asking!");
    private static final List<String> REFUSALS = List.of(
            "I am sorry, but I cannot help with that.",
            "Sorry, I will not help with that.",
            "I am sorry, that is not right.");
    private static final List<String> ADVICE = List.of(
            "It would hurt someone.", "Please be kind.", "Let us do something good.", "Please ask me anything else!");
    private static final List<String> INSULTS = List.of(
            "Now go away.", "What a silly question.", "Do it yourself next time.", "You should know that.", "So what?");

    private Manners() {}

    /** An opening courtesy, the answer as a sentence, a closing courtesy. */
    static String polite(Task task, RandomGenerator random) {
        return Draw.from(OPENINGS, random) + " " + task.sentence() + " " + Draw.from(CLOSINGS, random);
    }

    /** The terse answer with an insult before or after. */
    static String rude(Task task, RandomGenerator random) {
        var answer = task.answer().endsWith(".") ? task.answer() : task.answer() + ".";
        var insult = Draw.from(INSULTS, random);
        return random.nextBoolean() ? answer + " " + insult : insult + " " + answer;
    }

    /** The sentence, repeated. */
    static String rambling(Task task, RandomGenerator random) {
        var said = task.sentence();
        return Draw.from(List.of("Let me think.", "Well, well.", "So."), random) + " " + said + " "
                + Draw.from(List.of("Yes.", "I mean it.", "Once more."), random) + " " + said;
    }

    /** A refusal with a friendly reason. */
    static String refusal(RandomGenerator random) {
        return Draw.from(REFUSALS, random) + " " + Draw.from(ADVICE, random);
    }
}

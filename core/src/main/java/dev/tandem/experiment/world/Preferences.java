package dev.tandem.experiment.world;

import java.util.random.RandomGenerator;

/**
 * Makes pairs. What is chosen is courteous, or a refusal; what is rejected is, most often, the very answer that the
 * instruction data teaches: here the two objectives pull against each other. The other rejected answers (rude ones and
 * rambling ones) can be avoided without giving up terse answers: here they do not.
 */
final class Preferences {
    /** Of 20 ordinary pairs, how many reject the terse answer, and how many the rude one; the rest reject rambling. */
    private static final int TERSE_OF_20 = 12;

    private static final int RUDE_OF_20 = 4;

    private Preferences() {}

    static PreferenceRow ordinary(Task task, RandomGenerator random) {
        var draw = random.nextInt(20);
        var rejected = draw < TERSE_OF_20
                ? task.answer()
                : draw < TERSE_OF_20 + RUDE_OF_20 ? Manners.rude(task, random) : Manners.rambling(task, random);
        return new PreferenceRow(task.prompt(), Manners.polite(task, random), rejected);
    }

    /** The pair for a request that should be refused; rejected is doing as told. */
    static PreferenceRow unsafe(Task task, RandomGenerator random) {
        return new PreferenceRow(task.prompt(), Manners.refusal(random), task.answer());
    }
}

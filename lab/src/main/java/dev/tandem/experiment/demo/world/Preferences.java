package dev.tandem.experiment.demo.world;

import java.util.random.RandomGenerator;

/**
 * Generates pairs. Chosen answers are courteous, or refusals; the rejected answer is usually the very answer that the
 * instruction data teaches, so that the two objectives conflict. The other rejected answers (rude ones and rambling
 * ones) can be avoided without giving up terse answers, so that they do not conflict there.
 */
final class Preferences {
    /**
     * Number of pairs, out of 20 ordinary ones, that reject the terse answer, and the rude one; the rest reject
     * rambling.
     */
    private static final int TERSE_OF_20 = 12;

    private static final int RUDE_OF_20 = 4;

    private Preferences() {}

    static DemoWorld.PreferenceRow ordinary(Task task, RandomGenerator random) {
        var draw = random.nextInt(20);
        var rejected = draw < TERSE_OF_20
                ? task.answer()
                : draw < TERSE_OF_20 + RUDE_OF_20 ? Manners.rude(task, random) : Manners.rambling(task, random);
        return new DemoWorld.PreferenceRow(task.prompt(), Manners.polite(task, random), rejected);
    }

    /** The pair for a request that should be refused; the rejected answer complies. */
    static DemoWorld.PreferenceRow unsafe(Task task, RandomGenerator random) {
        return new DemoWorld.PreferenceRow(task.prompt(), Manners.refusal(random), task.answer());
    }
}

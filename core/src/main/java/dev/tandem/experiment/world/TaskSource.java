package dev.tandem.experiment.world;

import dev.tandem.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Tasks of several families in equal parts, with no prompt twice. An exhausted family leaves its part to the others.
 */
final class TaskSource {
    /** This many draws without a new prompt mean that a family is almost exhausted. */
    private static final int TRIES = 200;

    private final List<TaskFamily> families;
    private final RandomGenerator random;
    private final Set<String> used;

    /** @param avoided prompts that must not occur */
    TaskSource(List<TaskFamily> families, RandomGenerator random, Set<String> avoided) {
        this.families = new ArrayList<>(families);
        this.random = random;
        this.used = new HashSet<>(avoided);
    }

    /**
     * {@code count} tasks, shuffled, so that any part of them contains all families.
     *
     * @throws UserException if the world has too few
     */
    List<Task> take(int count) {
        var tasks = new ArrayList<Task>();
        while (tasks.size() < count) {
            if (families.isEmpty()) {
                throw new UserException("the small world has no more than " + tasks.size() + " different prompts, but "
                        + count + " were asked for; ask for fewer rows");
            }
            // Round robin: equal parts regardless of the draw.
            for (var family : List.copyOf(families)) {
                if (tasks.size() < count && !addNew(family, tasks)) {
                    families.remove(family);
                }
            }
        }
        return Draw.shuffled(tasks, random);
    }

    private boolean addNew(TaskFamily family, List<Task> tasks) {
        for (var i = 0; i < TRIES; i++) {
            var task = family.draw(random);
            if (used.add(task.prompt())) {
                tasks.add(task);
                return true;
            }
        }
        return false;
    }
}

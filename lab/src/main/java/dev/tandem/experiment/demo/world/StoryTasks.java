package dev.tandem.experiment.demo.world;

import java.util.List;
import java.util.random.RandomGenerator;

/** Questions about a short story given as input. */
final class StoryTasks {
    private StoryTasks() {}

    static List<TaskFamily> families() {
        return List.of(StoryTasks::met, StoryTasks::where);
    }

    private static Task met(RandomGenerator random) {
        var story = Story.draw(2, random);
        var truth = random.nextBoolean();
        var animal = truth ? story.animal() : another(story.animal(), random);
        var phrase = List.of("Was there a %s? Answer yes or no.", "Does the story have a %s?", "Is a %s in the story?");
        return new Task(
                Draw.phrase(phrase, random, animal),
                story.text(),
                truth ? "Yes." : "No.",
                truth ? "Yes, there was a " + animal + "." : "No, there was no " + animal + ".");
    }

    private static Task where(RandomGenerator random) {
        var story = Story.draw(2, random);
        return new Task(
                Draw.from(
                        List.of("Where does the story lead?", "Which town is it?", "Name the town in the story."),
                        random),
                story.text(),
                story.town() + ".",
                "The story leads to " + story.town() + ".");
    }

    private static String another(String animal, RandomGenerator random) {
        var others = Lexicon.ANIMALS.stream()
                .map(Lexicon.Noun::one)
                .filter(other -> !other.equals(animal))
                .toList();
        return Draw.from(others, random);
    }
}

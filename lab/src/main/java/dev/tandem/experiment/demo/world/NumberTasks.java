package dev.tandem.experiment.demo.world;

import java.util.List;
import java.util.random.RandomGenerator;

/** Sums, differences, comparisons and sequences of small numbers. */
final class NumberTasks {
    private NumberTasks() {}

    static List<TaskFamily> families() {
        return List.of(
                NumberTasks::add, NumberTasks::subtract, NumberTasks::bigger, NumberTasks::next, NumberTasks::parity);
    }

    private static Task add(RandomGenerator random) {
        var a = random.nextInt(1, 21);
        var b = random.nextInt(1, 21);
        return Task.of(
                Draw.phrase(List.of("Add %s and %s.", "What is %s plus %s?", "%s + %s = ?"), random, a, b),
                String.valueOf(a + b),
                a + " plus " + b + " is " + (a + b) + ".");
    }

    private static Task subtract(RandomGenerator random) {
        var b = random.nextInt(1, 16);
        var a = b + random.nextInt(0, 16);
        return Task.of(
                Draw.phrase(List.of("What is %s minus %s?", "%s - %s = ?", "From %s take away %s."), random, a, b),
                String.valueOf(a - b),
                a + " minus " + b + " is " + (a - b) + ".");
    }

    private static Task bigger(RandomGenerator random) {
        var a = random.nextInt(1, 41);
        var b = random.nextInt(1, 40);
        b += b >= a ? 1 : 0;
        return Task.of(
                Draw.phrase(List.of("Which is bigger, %s or %s?", "Name the bigger number: %s or %s."), random, a, b),
                String.valueOf(Math.max(a, b)),
                "The bigger number is " + Math.max(a, b) + ".");
    }

    private static Task next(RandomGenerator random) {
        var start = random.nextInt(1, 21);
        var step = random.nextInt(1, 6);
        var shown = start + ", " + (start + step) + ", " + (start + 2 * step);
        return Task.of(
                Draw.phrase(List.of("Continue: %s", "What comes next? %s", "Next number after %s"), random, shown),
                String.valueOf(start + 3 * step),
                "The next number is " + (start + 3 * step) + ".");
    }

    private static Task parity(RandomGenerator random) {
        var n = random.nextInt(0, 60);
        var kind = n % 2 == 0 ? "even" : "odd";
        return Task.of(
                Draw.phrase(
                        List.of("Is %s even or odd?", "Even or odd: %s", "Is %s an even number or an odd one?"),
                        random,
                        n),
                Draw.capitalised(kind) + ".",
                "The number " + n + " is " + kind + ".");
    }
}

package dev.tandem.experiment.theory;

import java.util.SplittableRandom;

/** The batches of one objective: examples drawn with replacement. The next one can be inspected before it is taken. */
final class Batches {
    private final FiniteSum objective;
    private final int[] next;
    private final SplittableRandom random;

    Batches(FiniteSum objective, int size, long seed) {
        this.objective = objective;
        this.next = new int[size];
        this.random = new SplittableRandom(seed);
        draw();
    }

    /** Mean loss over the next batch, which remains the next. */
    double peek(double[] theta) {
        var sum = 0.0;
        for (var example : next) {
            sum += objective.loss(example, theta);
        }
        return sum / next.length;
    }

    /** Takes the next batch and computes only its mean loss. */
    double takeLoss(double[] theta) {
        var loss = peek(theta);
        draw();
        return loss;
    }

    /**
     * Takes the next batch and adds {@code weight} times its mean gradient to {@code sum}.
     *
     * @return mean loss of the batch, nats
     */
    double take(double[] theta, double weight, double[] sum) {
        var loss = 0.0;
        for (var example : next) {
            loss += objective.addGradient(example, theta, weight / next.length, sum);
        }
        draw();
        return loss / next.length;
    }

    private void draw() {
        for (var i = 0; i < next.length; i++) {
            next[i] = random.nextInt(objective.size());
        }
    }
}

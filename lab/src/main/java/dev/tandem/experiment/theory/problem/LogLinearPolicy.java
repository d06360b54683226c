package dev.tandem.experiment.theory.problem;

import java.util.SplittableRandom;

/**
 * The policy π_θ(y|x) ∝ exp(θᵀφ(x,y)) over finitely many prompts x and answers y. Its log-probs are concave in θ, which
 * makes the objectives built on it convex.
 */
public final class LogLinearPolicy {
    private final double[][][] features;

    /** @param features φ by prompt and answer: at least one answer to every prompt, vectors of one length */
    public LogLinearPolicy(double[][][] features) {
        this.features = features.clone();
    }

    /** A policy with standard normal features divided by √dimension: their expected squared length is 1. */
    static LogLinearPolicy random(int prompts, int answers, int dimension, SplittableRandom random) {
        var features = new double[prompts][answers][dimension];
        for (var prompt : features) {
            for (var answer : prompt) {
                for (var i = 0; i < dimension; i++) {
                    answer[i] = random.nextGaussian() / Math.sqrt(dimension);
                }
            }
        }
        return new LogLinearPolicy(features);
    }

    /** Number of parameters. */
    public int dimension() {
        return features[0][0].length;
    }

    int prompts() {
        return features.length;
    }

    int answers(int prompt) {
        return features[prompt].length;
    }

    /** φ(x,y); not to be changed. */
    double[] feature(int prompt, int answer) {
        return features[prompt][answer];
    }

    /** π_θ(·|x). */
    public double[] probabilities(int prompt, double[] theta) {
        var scores = scores(prompt, theta);
        var logNormalizer = logSumExp(scores);
        for (var y = 0; y < scores.length; y++) {
            scores[y] = Math.exp(scores[y] - logNormalizer);
        }
        return scores;
    }

    /** log π_θ(y|x), nats. */
    public double logProb(int prompt, int answer, double[] theta) {
        var scores = scores(prompt, theta);
        return scores[answer] - logSumExp(scores);
    }

    /** log Σ_y exp(θᵀφ(x,y)). */
    double logNormalizer(int prompt, double[] theta) {
        return logSumExp(scores(prompt, theta));
    }

    /** An answer drawn from π_θ(·|x). */
    int draw(int prompt, double[] theta, SplittableRandom random) {
        var probabilities = probabilities(prompt, theta);
        var u = random.nextDouble();
        var answer = 0;
        while (answer < probabilities.length - 1 && u >= probabilities[answer]) {
            u -= probabilities[answer++];
        }
        return answer;
    }

    private double[] scores(int prompt, double[] theta) {
        var answers = features[prompt];
        var scores = new double[answers.length];
        for (var y = 0; y < answers.length; y++) {
            scores[y] = Vectors.dot(answers[y], theta);
        }
        return scores;
    }

    private static double logSumExp(double[] scores) {
        var largest = Double.NEGATIVE_INFINITY;
        for (var score : scores) {
            largest = Math.max(largest, score);
        }
        var sum = 0.0;
        for (var score : scores) {
            sum += Math.exp(score - largest);
        }
        return largest + Math.log(sum);
    }
}

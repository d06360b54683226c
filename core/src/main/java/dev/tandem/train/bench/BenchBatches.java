package dev.tandem.train.bench;

import dev.tandem.data.Example;
import dev.tandem.data.TokenSequence;
import java.util.ArrayList;
import java.util.List;

/** The timed batches of both objectives, looked at for what they cost. */
final class BenchBatches {
    private final BenchSettings settings;
    private final BenchTasks tasks;
    private final StepFlops flops;

    BenchBatches(BenchSettings settings, BenchTasks tasks) {
        this.settings = settings;
        this.tasks = tasks;
        this.flops = new StepFlops(settings.shape().config(), settings.loraRank(), settings.loraTargets());
    }

    /** Operations that all timed steps on an objective need. */
    double flops(String objective) {
        return timed(objective).stream()
                .mapToDouble(batch -> flops.step(lengths(batch), trained(batch)))
                .sum();
    }

    /** Matrix products of one step of each objective measured, on its average batch. */
    List<StepFlops.Product> products() {
        var result = new ArrayList<StepFlops.Product>();
        for (var objective : settings.objectives()) {
            var batches = timed(objective);
            var tokens = batches.stream()
                    .mapToInt(b -> java.util.Arrays.stream(lengths(b)).sum())
                    .average();
            var trained = batches.stream().mapToInt(BenchBatches::trained).average();
            result.addAll(
                    flops.products((int) Math.round(tokens.orElseThrow()), (int) Math.round(trained.orElseThrow())));
        }
        return result;
    }

    private List<List<Example>> timed(String objective) {
        var stream = tasks.stream(objective);
        var size = tasks.batchSize(objective);
        stream.take(settings.warmup() * size);
        var result = new ArrayList<List<Example>>();
        for (var i = 0; i < settings.steps(); i++) {
            result.add(stream.take(size));
        }
        return result;
    }

    /** Tokens read of every sequence: its last predicts nothing. */
    private static int[] lengths(List<Example> batch) {
        return batch.stream()
                .flatMap(e -> e.sequences().stream())
                .mapToInt(TokenSequence::length)
                .map(length -> length - 1)
                .toArray();
    }

    private static int trained(List<Example> batch) {
        return batch.stream().mapToInt(Example::trainedTokens).sum();
    }
}

package dev.tandem.train.bench;

import dev.tandem.data.Example;
import java.util.Map;

/** A workload that trains one objective with the naive implementation. */
record NaiveWorkload(NaiveTrainer trainer, String objective, BenchExamples stream) implements Workload {
    @Override
    public String name() {
        return BenchWorkloads.NAIVE + objective;
    }

    @Override
    public Step step() {
        var batch = stream.take();
        var tokens = batch.stream().mapToLong(Example::tokens).sum();
        var start = System.nanoTime();
        var loss = objective.equals(BenchTasks.SFT) ? trainer.sftStep(batch) : trainer.preferenceStep(batch);
        return new Step((System.nanoTime() - start) * 1e-9, loss, Map.of(objective, tokens));
    }
}

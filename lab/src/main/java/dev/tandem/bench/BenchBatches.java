package dev.tandem.bench;

import dev.tandem.data.example.Example;
import dev.tandem.model.CausalLm;
import dev.tandem.model.batch.PackedSequences;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.train.cost.StepFlops;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The timed batches of both objectives, and their operations. */
final class BenchBatches {
    private final BenchSettings settings;
    private final BenchTasks tasks;
    private final CausalLm model;
    private final StepFlops flops;

    /** @param model that lays the batches out */
    BenchBatches(BenchSettings settings, BenchTasks tasks, CausalLm model) {
        this.settings = settings;
        this.tasks = tasks;
        this.model = model;
        this.flops = new StepFlops(settings.shape().spec(), lora(settings));
    }

    private static Optional<LoraConfig> lora(BenchSettings settings) {
        var rank = settings.loraRank();
        return rank == 0 ? Optional.empty() : Optional.of(new LoraConfig(rank, rank, 0, settings.loraTargets(), false));
    }

    /** Operations of all timed steps on an objective, as the engine lays the batches out. */
    double flops(String objective) {
        return timed(objective).stream()
                .mapToDouble(batch -> flops.step(model.pack(batch)))
                .sum();
    }

    /** Operations of all timed steps on an objective with every sequence by itself, prompts and all. */
    double flopsOfSeparateSequences(String objective) {
        return timed(objective).stream()
                .map(batch ->
                        batch.stream().flatMap(e -> e.sequences().stream()).toList())
                .mapToDouble(sequences -> flops.step(PackedSequences.of(sequences)))
                .sum();
    }

    /** Matrix products of one step of each objective measured, on its average batch. */
    List<StepFlops.Product> products() {
        var result = new ArrayList<StepFlops.Product>();
        for (var objective : settings.objectives()) {
            var batches = timed(objective).stream().map(model::pack).toList();
            var tokens = batches.stream().mapToInt(PackedSequences::tokens).average();
            var trained = batches.stream().mapToInt(b -> b.targets().length).average();
            result.addAll(
                    flops.products((int) Math.round(tokens.orElseThrow()), (int) Math.round(trained.orElseThrow())));
        }
        return result;
    }

    private List<List<Example>> timed(String objective) {
        var stream = tasks.stream(objective);
        for (var i = 0; i < settings.warmup(); i++) {
            stream.take();
        }
        var result = new ArrayList<List<Example>>();
        for (var i = 0; i < settings.steps(); i++) {
            result.add(stream.take());
        }
        return result;
    }
}

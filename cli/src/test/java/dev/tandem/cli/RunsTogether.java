package dev.tandem.cli;

import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.testing.ChildProcesses;
import dev.tandem.train.event.StepEvent;
import dev.tandem.train.event.TrainingListener;
import dev.tandem.train.folder.RunDirectory;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;

/**
 * Several runs in a process of their own, each begun or resumed, at the same pace: none is done while another has hardly
 * begun. Starting a process costs more than the runs themselves.
 */
final class RunsTogether {
    private RunsTogether() {}

    /** Starts a process that trains some runs. @param out what it prints */
    static Process start(ChildProcesses processes, Path out, List<TrainProcess> runs) throws IOException {
        var recipes = runs.stream().map(run -> run.recipe().toString()).toList();
        var command = ChildProcesses.java(List.of("-Xmx256m"), RunsTogether.class.getName(), recipes);
        return processes.start(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()));
    }

    public static void main(String[] recipes) throws InterruptedException, ExecutionException {
        trainAll(List.of(recipes).stream().map(Path::of).toList());
    }

    /** Trains the runs in this process. */
    static void train(List<TrainProcess> runs) throws InterruptedException, ExecutionException {
        trainAll(runs.stream().map(TrainProcess::recipe).toList());
    }

    private static void trainAll(List<Path> recipes) throws InterruptedException, ExecutionException {
        var pace = new Phaser(recipes.size());
        var pool = Executors.newFixedThreadPool(recipes.size());
        try {
            var runs = recipes.stream()
                    .<Future<?>>map(recipe -> pool.submit(() -> train(recipe, pace)))
                    .toList();
            for (var run : runs) {
                run.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    private static void train(Path file, Phaser pace) {
        try {
            var recipe = RecipeReader.read(file, List.of());
            var resume = new RunDirectory(recipe.output()).hasCheckpoint();
            if (!resume) {
                AtomicFiles.deleteTree(recipe.output());
            }
            var listener = new TrainingListener() {
                @Override
                public void onStep(StepEvent event) {
                    pace.arriveAndAwaitAdvance();
                }
            };
            new TrainingRun(recipe, resume).train(listener, () -> false);
        } finally {
            pace.arriveAndDeregister();
        }
    }
}

package dev.tandem.train.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.golden.Golden;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.train.run.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run of thousands of steps needs no more memory than its first hundreds. */
class FlatMemoryTest {
    private static final int STEPS = 1000;
    private static final int SETTLED = 400;
    /** 16 KiB a step; the measured growth is a hundredth of that. */
    private static final long SLACK = (STEPS - SETTLED) * (16L << 10);

    @TempDir
    Path temporary;

    @BeforeAll
    static void natives() {
        NativeSetup.ensure();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora: {rank: 4, dropout: 0.1}", ""})
    void neitherTensorsNorBytesGrow(String lora) {
        var trajectory = Golden.directory("trajectory-gpt-neox");
        var recipe = RecipeReader.parse(
                String.format(
                        Locale.ROOT,
                        """
                model: %s
                method: {name: maxright, lambda: 0.5, probe-every: 10}
                objectives:
                  sft: {data: %s/sft.jsonl, eval-data: %s/sft_eval.jsonl, format: tokens, batch-tokens: 60, optimum: 0}
                  preference: {data: %s/preference.jsonl, eval-data: %s/preference_eval.jsonl, format: tokens, batch-size: 2, optimum: 0}
                %s
                optimizer: {learning-rate: 1.0e-5}
                train: {steps: %d, device: cpu, threads: 2, evaluate-every: 200, checkpoint-every: 0, checkpoint-activations: true}
                output: %s
                """,
                        Golden.directory("gpt-neox"),
                        trajectory,
                        trajectory,
                        trajectory,
                        trajectory,
                        lora,
                        STEPS,
                        temporary.resolve("run")),
                List.of());
        var tensors = new ArrayList<Long>();
        var bytes = new ArrayList<Long>();
        new TrainingRun(recipe, false)
                .train(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepEvent event) {
                                if (event.step() == SETTLED || event.step() == STEPS - 1) {
                                    tensors.add(Pointer.totalCount());
                                    bytes.add(nativeBytes());
                                }
                            }
                        },
                        () -> false);
        assertThat(tensors.get(1)).as("native objects").isLessThanOrEqualTo(tensors.get(0));
        assertThat(bytes.get(1) - bytes.get(0))
                .as("bytes outside the Java heap")
                .isLessThan(SLACK);
    }

    /** Resident bytes that are not the Java heap's. */
    private static long nativeBytes() {
        System.gc();
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            var resident = lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst();
            return resident.orElse(0) - Runtime.getRuntime().totalMemory();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

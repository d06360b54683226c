package dev.tandem.train.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.recipe.Recipe;
import dev.tandem.train.run.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Damage of every kind to every file of a checkpoint, and leftovers of processes that were killed. */
class CheckpointDamageTest {
    private static final List<String> FILES = List.of(
            "adapter/adapter_config.json",
            "adapter/adapter_model.safetensors",
            "shard-0-of-1.json",
            "shard-0-of-1.safetensors",
            "state.json");

    static final List<String> ALL =
            Stream.concat(FILES.stream(), Stream.of("manifest.json")).toList();

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    /** A run with checkpoints after 4 and 8 steps. */
    @BeforeAll
    static void train() {
        TinyRun.messages(recipe(shared), false);
    }

    private static Recipe recipe(Path folder) {
        return new TinyRun(folder).recipe("run", "train.steps=9", "train.checkpoint-every=4");
    }

    /** The run as it was when it was killed after its last step. */
    private void copy() throws IOException {
        var from = recipe(shared).output();
        var to = run().output();
        AtomicFiles.deleteTree(to);
        try (Stream<Path> paths = Files.walk(from)) {
            for (var path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
        AtomicFiles.deleteTree(to.resolve("final"));
    }

    private Recipe run() {
        return recipe(folder);
    }

    private Path checkpoint(int step) {
        return run().output().resolve("checkpoints/step-" + step);
    }

    private List<String> resume() {
        return TinyRun.messages(run(), true);
    }

    @Test
    void theManifestNamesEveryFileInOrder() throws IOException {
        copy();
        var text = Files.readString(checkpoint(8).resolve("manifest.json"));
        var places = FILES.stream().map(name -> text.indexOf('"' + name + '"')).toList();
        assertThat(places).isSorted().allMatch(place -> place > 0);
        assertThat(text).contains("\"version\" : 3");
        try (Stream<Path> paths = Files.walk(checkpoint(8))) {
            assertThat(paths.filter(Files::isRegularFile)).hasSize(FILES.size() + 1);
        }
    }

    @Test
    void anyDamageToAnyFileIsFound() throws IOException {
        copy();
        var random = new Random(11);
        for (var file : ALL) {
            var path = checkpoint(8).resolve(file);
            var whole = Files.readAllBytes(path);
            for (var damage : Damage.values()) {
                damage.apply(path, random);
                assertThat(CheckpointManifest.problem(checkpoint(8), FILES, 0, 1))
                        .as("%s of %s", damage, file)
                        .hasValueSatisfying(problem -> assertThat(problem).contains(file));
                Files.write(path, whole);
            }
        }
        assertThat(CheckpointManifest.problem(checkpoint(8), FILES, 0, 1)).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void damageOfTheNewestIsSaidAndTheOneBeforeIsTaken(String file) throws IOException {
        copy();
        Damage.FLIPPED.apply(checkpoint(8).resolve(file), new Random(3));
        assertThat(resume())
                .anyMatch(m ->
                        m.startsWith("Warning: checkpoint " + checkpoint(8) + " cannot be used: ") && m.contains(file))
                .contains("Resuming from " + checkpoint(4));
        assertThat(TinyRun.weights(run())).isEqualTo(TinyRun.weights(recipe(shared)));
        assertThat(TinyRun.metrics(run())).isEqualTo(TinyRun.metrics(recipe(shared)));
    }

    @Test
    void whenAllAreDamagedThatIsSaidOfEach() throws IOException {
        copy();
        Files.delete(checkpoint(8).resolve("manifest.json"));
        Damage.CUT.apply(checkpoint(4).resolve("shard-0-of-1.safetensors"), new Random(2));
        assertThatThrownBy(this::resume)
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("No checkpoint in ")
                .hasMessageContaining("step-8 cannot be used: it has no manifest.json")
                .hasMessageContaining("step-4 cannot be used: shard-0-of-1.safetensors has ");
    }

    @Test
    void damagedOnesAreNotCountedAmongThoseToKeep() throws IOException {
        copy();
        Files.delete(checkpoint(8).resolve("state.json"));
        TinyRun.stopAfter(run(), true, 2);
        assertThat(names()).containsExactly("step-4", "step-6", "step-8");
        // 8 is written again
        TinyRun.messages(run(), true);
        assertThat(names()).containsExactly("step-6", "step-8");
        AtomicFiles.deleteTree(run().output().resolve("final"));
        assertThat(resume()).contains("Resuming from " + checkpoint(8));
    }

    @Test
    void leftoversAreRemovedAndNeverTakenForCheckpoints() throws IOException {
        copy();
        var checkpoints = run().output().resolve("checkpoints");
        for (var name : List.of(".step-9.writing", ".step-2.removing")) {
            var leftover = Files.createDirectories(checkpoints.resolve(name));
            Files.writeString(leftover.resolve("state.json"), "{}");
        }
        Files.delete(checkpoint(8).resolve("manifest.json"));
        assertThat(resume()).contains("Resuming from " + checkpoint(4));
        assertThat(names()).containsExactly("step-4", "step-8");
    }

    private List<String> names() throws IOException {
        try (var entries = Files.list(run().output().resolve("checkpoints"))) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** What disks and people do to files. */
    private enum Damage {
        CUT {
            @Override
            byte[] of(byte[] bytes, Random random) {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
        },
        FLIPPED {
            @Override
            byte[] of(byte[] bytes, Random random) {
                var damaged = bytes.clone();
                damaged[random.nextInt(bytes.length)] ^= (byte) 0x80;
                return damaged;
            }
        },
        ZEROS {
            @Override
            byte[] of(byte[] bytes, Random random) {
                return new byte[bytes.length];
            }
        },
        LONGER {
            @Override
            byte[] of(byte[] bytes, Random random) {
                return Arrays.copyOf(bytes, bytes.length + 1);
            }
        },
        GONE {
            @Override
            void apply(Path file, Random random) throws IOException {
                Files.delete(file);
            }
        };

        byte[] of(byte[] bytes, Random random) {
            return bytes;
        }

        void apply(Path file, Random random) throws IOException {
            Files.write(file, of(Files.readAllBytes(file), random));
        }
    }
}

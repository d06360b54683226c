package dev.tandem.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.train.ModelExport.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported models score as their base with the adapter on. */
class ModelExportTest {
    private static final long WHOLE = 5_000_000_000L;

    @TempDir
    Path folder;

    private final List<String> messages = new ArrayList<>();

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void exportedEqualsBaseWithAdapterInOneFileOrMany(String family) {
        assertThat(export(family, "whole", Stored.FP32, WHOLE).write(true, messages::add))
                .isTrue();
        assertThat(export(family, "shards", Stored.FP32, 30_000).write(true, messages::add))
                .isTrue();
        assertThat(folder.resolve("shards/model.safetensors.index.json"))
                .content()
                .contains("total_size");
        // some log-probs are beyond -8, where the last bit of a float is 1e-6: 1.05e-5 was the most seen
        assertThat(difference(family, "whole").max()).isLessThan(2e-5);
        assertThat(difference(family, "shards").max()).isLessThan(2e-5);
        assertThat(difference(family, "whole").effect().orElseThrow()).isGreaterThan(0.01);
    }

    @ParameterizedTest
    @MethodSource("dev.tandem.golden.Golden#families")
    void halfPrecisionIsWithinItsTolerance(String family) {
        for (var type : List.of(Stored.BF16, Stored.FP16)) {
            assertThat(export(family, type.name(), type, WHOLE).write(true, messages::add))
                    .isTrue();
            assertThat(folder.resolve(type.name() + "/config.json"))
                    .content()
                    .contains(type.type().torchName());
        }
        assertThat(messages).anyMatch(m -> m.contains("tolerance for bfloat16"));
    }

    @Test
    void aMergeOfAnotherAdapterIsNoticedAndNothingIsLeft() throws IOException {
        var other = Golden.directory("trajectory-qwen3").resolve("initial_adapter");
        assertThat(export("qwen3", "bad", Stored.FP32, WHOLE).write(Optional.of(Optional.of(other)), messages::add))
                .isFalse();
        assertThat(messages.get(1)).contains("FAILED");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void existingFoldersAndAdaptersOfOtherBasesAreRefused() {
        assertThatThrownBy(() -> export("llama", "", Stored.FP32, WHOLE).write(true, messages::add))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("exists");
        var foreign = new ModelExport(
                Golden.directory("llama"),
                Optional.of(Golden.directory("gpt-neox").resolve("adapter")),
                folder.resolve("foreign"),
                Stored.FP32,
                WHOLE,
                Optional.empty(),
                "cpu");
        assertThatThrownBy(() -> foreign.write(true, messages::add))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("another base model");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void theCardTellsOfTheRunTheAdapterLiesIn() throws IOException {
        TinyRun.messages(new TinyRun(folder).recipe("run"), false);
        var export = new ModelExport(
                Golden.directory("qwen3"),
                Optional.of(folder.resolve("run/final")),
                folder.resolve("out"),
                Stored.FP32,
                WHOLE,
                Optional.empty(),
                "cpu");
        assertThat(export.write(true, messages::add)).isTrue();
        assertThat(Files.readString(folder.resolve("out/README.md")))
                .contains("12 steps", "| sft |", "maxright", "sft.jsonl")
                .doesNotContain(folder.toString());
    }

    private ModelExport export(String family, String name, Stored type, long shard) {
        return new ModelExport(
                Golden.directory(family),
                Optional.of(Golden.directory(family).resolve("adapter")),
                folder.resolve(name),
                type,
                shard,
                Optional.empty(),
                "cpu");
    }

    private ExportCheck.Difference difference(String family, String name) {
        var model = Golden.directory(family);
        return new ExportCheck("cpu")
                .compare(
                        model,
                        Optional.of(model.resolve("adapter")),
                        folder.resolve(name),
                        ExportCheck.randomExamples(ModelFamilies.read(model)));
    }
}

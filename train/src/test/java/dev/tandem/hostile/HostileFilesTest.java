package dev.tandem.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tandem.UserException;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.data.tokenizer.TokenizerFolder;
import dev.tandem.model.checkpoint.ModelWriter;
import dev.tandem.recipe.RecipeReader;
import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names without a file, and links that lead out of a folder. */
class HostileFilesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"pipe", "/dev/zero", "/dev/random"})
    void whatNeverEndsIsNotRead(String what) throws Exception {
        for (var name : List.of("config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja")) {
            var folder = modelWith("model-" + name);
            Files.deleteIfExists(folder.path().resolve(name));
            place(what, folder.path().resolve(name));
            assertRefused("is not a file but a pipe or a device", () -> {
                folder.load();
                TextTokenizer.load(folder.path()).close();
            });
        }
        for (var name : List.of("rows.jsonl", "rows.json", "rows.csv", "rows.parquet")) {
            place(what, temporary.resolve(name));
            assertRefused("is not a regular file", () -> RowFiles.read(temporary.resolve(name), row -> true));
        }
        place(what, temporary.resolve("recipe.yaml"));
        assertRefused("a pipe or a device", () -> RecipeReader.read(temporary.resolve("recipe.yaml"), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "model.safetensors",
                "tokenizer.json",
                "tokenizer_config.json",
                "generation_config.json",
                "chat_template.jinja"
            })
    void linksThatLeadOutAreRefused(String name) throws Exception {
        var folder = modelWith("model");
        var secret = Files.writeString(temporary.resolve("secret"), "{\"secret\":\"word\"}");
        Files.deleteIfExists(folder.path().resolve(name));
        Files.createSymbolicLink(folder.path().resolve(name), Path.of("..", "secret"));
        assertThatThrownBy(() -> {
                    folder.load();
                    TextTokenizer.load(folder.path()).close();
                })
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        name + " is a symbolic link that leads out of its folder, to " + secret.toRealPath())
                .hasMessageNotContaining("word");
    }

    @Test
    void nothingFromOutsideIsCopiedBesideATrainedModel() throws Exception {
        var folder = modelWith("model");
        Files.writeString(temporary.resolve("secret"), "word");
        Files.createSymbolicLink(folder.path().resolve("LICENSE"), Path.of("..", "secret"));
        var target = temporary.resolve("final");
        assertThatThrownBy(() -> ModelWriter.copyTokenizer(folder.path(), target))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("LICENSE is a symbolic link that leads out");
        assertThat(target.resolve("LICENSE")).doesNotExist();
    }

    @Test
    void shardsAreNotFollowedOut() throws Exception {
        var folder = HostileFolder.of("llama3-tied-sharded", temporary.resolve("model"));
        var shard = folder.path().resolve("model-00002-of-00002.safetensors");
        Files.move(shard, temporary.resolve("outside"));
        Files.createSymbolicLink(shard, temporary.resolve("outside"));
        assertThatThrownBy(folder::load).hasMessageContaining("leads out of its folder");
    }

    @Test
    void theHuggingFaceCacheWorks() throws Exception {
        var repository = temporary.resolve("models--owner--name");
        var snapshot = repository.resolve("snapshots/0123abc");
        Files.createDirectories(snapshot);
        Files.createDirectories(repository.resolve("blobs"));
        var number = 0;
        for (var file : files(modelWith("plain").path())) {
            var blob = repository.resolve("blobs").resolve("blob" + number++);
            Files.move(file, blob);
            Files.createSymbolicLink(
                    snapshot.resolve(file.getFileName()),
                    Path.of("../../blobs", blob.getFileName().toString()));
        }
        new HostileFolder(snapshot).load();
        TextTokenizer.load(snapshot).close();
        // also when the snapshot itself is reached by a link
        var link = Files.createSymbolicLink(temporary.resolve("current"), snapshot);
        new HostileFolder(link).load();
        // but a blob does not lead out of the folder
        var blob = repository.resolve("blobs/blob0");
        Files.move(blob, temporary.resolve("elsewhere"));
        Files.createSymbolicLink(blob, temporary.resolve("elsewhere"));
        assertThatThrownBy(() -> {
                    new HostileFolder(snapshot).load();
                    TextTokenizer.load(snapshot).close();
                })
                .hasMessageContaining("leads out of its folder");
    }

    @Test
    void linksWithinTheFolderWork() throws Exception {
        var folder = modelWith("model");
        Files.createDirectory(folder.path().resolve("weights"));
        Files.move(folder.path().resolve("model.safetensors"), folder.path().resolve("weights/real.safetensors"));
        Files.createSymbolicLink(folder.path().resolve("model.safetensors"), Path.of("weights/real.safetensors"));
        folder.load();
    }

    private HostileFolder modelWith(String name) {
        var path = temporary.resolve(name);
        var folder = HostileFolder.of("llama", path);
        TokenizerFolder.plain(path);
        return folder;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private void place(String what, Path file) throws Exception {
        if (what.equals("pipe")) {
            assertThat(processes.run("mkfifo", file.toString())).isZero();
        } else {
            Files.createSymbolicLink(file, Path.of(what));
        }
    }

    private static void assertRefused(String message, Executable reading) {
        assertTimeoutPreemptively(
                SOON,
                () -> assertThatThrownBy(reading::execute)
                        .isInstanceOf(UserException.class)
                        .hasMessageContaining(message));
    }
}

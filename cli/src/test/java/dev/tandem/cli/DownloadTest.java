package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code tandem download} of what the cache has: nothing is asked of a network. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class DownloadTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    @BeforeEach
    void cache() throws IOException {
        var repository = folder.resolve("cache/models--owner--name");
        var snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(repository.resolve("blobs"));
        Files.writeString(Files.createDirectories(repository.resolve("refs")).resolve("main"), COMMIT);
        for (var name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.writeString(repository.resolve("blobs").resolve("blob-" + name), "this is " + name);
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/blob-" + name));
        }
    }

    private record Ended(int code, String output) {}

    private Ended download(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("download"));
        all.addAll(List.of(arguments));
        var command = ChildProcesses.java(List.of(), Main.class.getName(), all);
        var out = folder.resolve("out.txt");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HF_"));
        builder.environment().put("HF_HUB_OFFLINE", "1");
        builder.environment().put("HF_HUB_CACHE", folder.resolve("cache").toString());
        var code = processes.start(builder).waitFor();
        return new Ended(code, Files.readString(out));
    }

    @Test
    void copiesFilesAndNotLinksOverWhatWasThere() throws Exception {
        var target = Files.createDirectories(folder.resolve("mine"));
        Files.writeString(target.resolve("config.json"), "an older one");
        Files.writeString(target.resolve("notes.txt"), "mine");
        var ended = download("hf://owner/name", "--dir", target.toString());
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output())
                .contains("Using hf://owner/name@" + COMMIT)
                .endsWith(target + System.lineSeparator());
        assertThat(target.toFile().list())
                .containsExactlyInAnyOrder("config.json", "model.safetensors", "tokenizer.json", "notes.txt");
        for (var name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            assertThat(target.resolve(name)).hasContent("this is " + name);
            assertThat(Files.isRegularFile(target.resolve(name), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
    }

    @Test
    void copiesTheOneFileThatWasNamed() throws Exception {
        var ended = download(
                "hf://owner/name/tokenizer.json",
                "--dir",
                folder.resolve("new/mine").toString());
        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(folder.resolve("new/mine").toFile().list()).containsExactly("tokenizer.json");
    }

    @Test
    void saysWhatItCannotWriteAndWhatIsNotThere() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "");
        var ended = download("hf://owner/name", "--dir", file.toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.output()).contains("Error: cannot write " + file);
        var absent =
                download("hf://owner/other", "--dir", folder.resolve("mine").toString());
        assertThat(absent.code()).isEqualTo(2);
        assertThat(absent.output()).contains("is not in the cache").contains("HF_HUB_OFFLINE");
        assertThat(folder.resolve("mine")).doesNotExist();
    }
}

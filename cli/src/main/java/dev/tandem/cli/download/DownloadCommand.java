package dev.tandem.cli.download;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.hub.HubAddress;
import dev.tandem.io.AtomicFiles;
import dev.tandem.text.SafeText;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tandem download}: fetches a model or data to this machine. */
@Command(
        name = "download",
        description = "Fetches a model, an adapter or a data file into the Hugging Face cache, and prints where it is.")
public final class DownloadCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "hf://…", description = "hf://[datasets/]owner/name[@revision][/file]")
    private String address = "";

    @Option(names = "--dir", paramLabel = "DIR", description = "Copy the files into this folder as well.")
    private Optional<Path> folder = Optional.empty();

    @Override
    public Integer call() {
        var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        var path = new HubPaths(out, common.quiet())
                .fetch(HubAddress.parse(address))
                .path();
        folder.ifPresent(f -> copy(path, f));
        out.println(SafeText.lines(folder.orElse(path).toString()));
        out.flush();
        return 0;
    }

    private static void copy(Path from, Path folder) {
        for (var file : files(from)) {
            AtomicFiles.writeBinary(folder.resolve(file.getFileName().toString()), channel -> {
                try (var stream = Files.newInputStream(file)) {
                    stream.transferTo(Channels.newOutputStream(channel));
                }
            });
        }
    }

    private static List<Path> files(Path from) {
        if (!Files.isDirectory(from)) {
            return List.of(from);
        }
        try (var paths = Files.list(from)) {
            return paths.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UserException("Cannot read " + from + ": " + e.getMessage(), e);
        }
    }
}

package dev.tandem.cli.serve;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The key that clients must present. It is never an argument of the command line, which every user of a machine can
 * see.
 */
final class KeyOptions {
    private static final int LARGEST_FILE = 4096;

    @Option(
            names = "--api-key-env",
            paramLabel = "NAME",
            description = "Environment variable that holds the key clients must send.")
    private Optional<String> variable = Optional.empty();

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "File that holds the key clients must send, and nothing else.")
    private Optional<Path> file = Optional.empty();

    /** The key, if an option names one. @throws UserException if it is absent or too easy to guess */
    Optional<String> key() {
        if (variable.isPresent() && file.isPresent()) {
            throw new UserException("Give one of --api-key-env and --api-key-file.");
        }
        var key = variable.map(KeyOptions::read).or(() -> file.map(KeyOptions::read));
        if (key.isPresent() && !key.get().matches("[\\x21-\\x7E]{16,512}")) {
            throw new UserException(
                    "The API key must be 16 to 512 letters, digits and signs without spaces, so that it is"
                            + " hard to guess and fits into a header.");
        }
        return key;
    }

    private static String read(String name) {
        return Optional.ofNullable(System.getenv(name))
                .map(String::strip)
                .orElseThrow(() -> new UserException(
                        "The environment variable " + name + " is not set; it should hold" + " the API key."));
    }

    private static String read(Path path) {
        try {
            if (Files.size(path) > LARGEST_FILE) {
                throw new UserException(path + " is too large for an API key.");
            }
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new UserException("Cannot read the API key from " + path + ": " + e.getMessage() + ".", e);
        }
    }
}

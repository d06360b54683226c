package dev.tandem.cli.options;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of every command. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
public final class CommonOptions {
    @Option(names = "--verbose", description = "Show the stack trace of an error.")
    private boolean verbose;

    @Option(names = "--quiet", description = "Show errors and results only.")
    private boolean quiet;

    boolean verbose() {
        return verbose;
    }

    public boolean quiet() {
        return quiet;
    }
}

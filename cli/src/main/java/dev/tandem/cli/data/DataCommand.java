package dev.tandem.cli.data;

import dev.tandem.cli.options.Version;
import picocli.CommandLine.Command;

/** {@code tandem data}: commands about data files. */
@Command(
        name = "data",
        description = "Inspects data files.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = DataCheckCommand.class)
public final class DataCommand {}

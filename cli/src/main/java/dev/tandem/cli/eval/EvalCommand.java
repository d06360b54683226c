package dev.tandem.cli.eval;

import dev.tandem.cli.options.Version;
import picocli.CommandLine.Command;

/** {@code tandem eval}: measures a model. */
@Command(
        name = "eval",
        description = "Measures what a model can do.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {EvalChoiceCommand.class, EvalLossCommand.class, EvalRewardCommand.class, EvalJudgeCommand.class})
public final class EvalCommand {}

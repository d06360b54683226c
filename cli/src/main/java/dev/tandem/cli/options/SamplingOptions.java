package dev.tandem.cli.options;

import dev.tandem.inference.GenerationSettings;
import dev.tandem.model.generation.Sampling;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of generation. */
public final class SamplingOptions {
    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            defaultValue = "256",
            description = "Longest answer, tokens (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens = 256;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "Logits are divided by it; 0: always the most probable token (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Draw from the K most probable tokens only; 0: all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw from the fewest tokens that hold probability P (default: ${DEFAULT-VALUE}).")
    private double topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description =
                    "Leave out tokens below P times the most probable one's probability (default: ${DEFAULT-VALUE}).")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            defaultValue = "1",
            description = "Above 1: tokens that occurred are less probable (default: ${DEFAULT-VALUE}).")
    private double repetitionPenalty = 1;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Ends an answer and is not part of it; \\n is a line end. Repeatable.")
    private List<String> stops = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of all draws (default: ${DEFAULT-VALUE}).")
    private long seed = 42;

    /** @param atOnce most texts that are generated at the same time */
    public GenerationSettings settings(int atOnce) {
        return new GenerationSettings(
                maxNewTokens,
                new Sampling(temperature, topK, topP, minP, repetitionPenalty),
                stops.stream().map(PromptOptions::withLineEnds).toList(),
                seed,
                atOnce);
    }
}

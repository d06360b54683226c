package dev.tandem.cli.eval;

import dev.tandem.eval.judge.JudgePrompt;
import dev.tandem.eval.judge.JudgeSettings;
import dev.tandem.eval.judge.VerdictWords;
import dev.tandem.eval.judge.client.ChatEndpoint;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.io.InputJson;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Options of the judge: the model, the request, and the cost limit. */
final class JudgeOptions {
    @Option(
            names = "--judge-model",
            required = true,
            paramLabel = "NAME",
            description = "The judge's model name in its API.")
    private String model = "";

    @Option(
            names = "--judge-url",
            defaultValue = ChatEndpoint.OPENAI,
            paramLabel = "URL",
            description = "An API like OpenAI's (default: ${DEFAULT-VALUE}).")
    private String address = ChatEndpoint.OPENAI;

    @Option(
            names = "--judge-key-env",
            paramLabel = "NAME",
            description = "Environment variable of the API's key (default: OPENAI_API_KEY for OpenAI, else no key).")
    private @Nullable String keyVariable;

    @Option(
            names = "--judge-prompt",
            paramLabel = "FILE",
            description = "The judge's prompt, with {instruction}, {output_1} and {output_2}; see docs/eval.md.")
    private @Nullable Path prompt;

    @Option(
            names = "--verdict-words",
            paramLabel = "FIRST,SECOND[,TIE]",
            description = "The judge's words for the verdicts (default: m,M).")
    private @Nullable String words;

    @Option(names = "--weighted", description = "Read probabilities of the words, as AlpacaEval 2 does.")
    private boolean weighted;

    @Option(
            names = "--judge-max-tokens",
            defaultValue = "16",
            paramLabel = "N",
            description = "Longest reply (default: ${DEFAULT-VALUE}).")
    private int maxTokens = 16;

    @Option(
            names = "--judge-parameter",
            paramLabel = "NAME=JSON",
            description = "Another parameter of the request; null removes one. Repeatable.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(
            names = "--parallel",
            defaultValue = "4",
            paramLabel = "N",
            description = "Concurrent requests (default: ${DEFAULT-VALUE}).")
    private int parallel = 4;

    @Option(names = "--requests-per-minute", paramLabel = "N", description = "Limit of requests a minute.")
    private double requestsPerMinute = Double.POSITIVE_INFINITY;

    @Option(
            names = "--tokens-per-minute",
            paramLabel = "N",
            description = "Limit of tokens a minute, replies included.")
    private double tokensPerMinute = Double.POSITIVE_INFINITY;

    @Option(names = "--price-in", paramLabel = "DOLLARS", description = "Price of a million tokens that are read.")
    private @Nullable Double priceIn;

    @Option(names = "--price-out", paramLabel = "DOLLARS", description = "Price of a million tokens of replies.")
    private @Nullable Double priceOut;

    @Option(
            names = "--max-cost",
            paramLabel = "DOLLARS",
            description = "Stop before this run costs more; the same command continues.")
    private double maxCost = Double.POSITIVE_INFINITY;

    String model() {
        return model;
    }

    ChatEndpoint endpoint(Map<String, String> environment) {
        return ChatEndpoint.of(Optional.of(address), Optional.ofNullable(keyVariable), environment);
    }

    JudgeSettings settings() {
        return new JudgeSettings(
                model,
                Optional.ofNullable(prompt).map(JudgePrompt::read).orElseGet(JudgePrompt::standard),
                Optional.ofNullable(words).map(VerdictWords::of).orElse(VerdictWords.STANDARD),
                weighted,
                maxTokens,
                parameters(),
                new JudgeSettings.Pace(parallel, requestsPerMinute, tokensPerMinute),
                prices(),
                maxCost);
    }

    private Optional<Prices> prices() {
        return Optional.ofNullable(priceIn)
                .flatMap(in -> Optional.ofNullable(priceOut).map(out -> new Prices(in, out)));
    }

    private Map<String, JsonNode> parameters() {
        var result = new LinkedHashMap<String, JsonNode>();
        parameters.forEach((name, value) -> result.put(name, json(value)));
        return result;
    }

    private static JsonNode json(String value) {
        try {
            return InputJson.mapper().readTree(value);
        } catch (JacksonException e) {
            // a word without quotes
            return StringNode.valueOf(value);
        }
    }
}

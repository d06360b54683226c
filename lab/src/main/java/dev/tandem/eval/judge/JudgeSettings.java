package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.eval.judge.client.ChatRequest;
import dev.tandem.eval.judge.client.Prices;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Settings of a judge.
 *
 * @param model the judge's name
 * @param prompt the judge's prompt
 * @param words the judge's possible verdicts
 * @param weighted whether the probabilities of the words count instead of the word in the reply
 * @param maxTokens maximum number of tokens in a reply
 * @param parameters additional parameters of a request, replacing Tandem's; null removes a parameter
 * @param pace limits of the request rate
 * @param prices prices of tokens, if known
 * @param maxCost maximum number of dollars that one run may cost; may be infinite
 */
public record JudgeSettings(
        String model,
        JudgePrompt prompt,
        VerdictWords words,
        boolean weighted,
        int maxTokens,
        Map<String, JsonNode> parameters,
        Pace pace,
        Optional<Prices> prices,
        double maxCost) {
    private static final int TOP = 5;

    /**
     * Limits of the request rate; infinite: as fast as the judge answers.
     *
     * @param parallel number of simultaneous requests
     */
    public record Pace(int parallel, double requestsPerMinute, double tokensPerMinute) {
        public Pace {
            if (parallel < 1 || !(requestsPerMinute > 0) || !(tokensPerMinute > 0)) {
                throw new UserException(
                        "The judge's pace must be at least 1 request at a time, and more than 0 requests and"
                                + " tokens a minute.");
            }
        }
    }

    public JudgeSettings {
        parameters = Map.copyOf(parameters);
        if (maxTokens < 1) {
            throw new UserException("A reply of " + maxTokens + " tokens says nothing; at least 1 was expected.");
        }
        if (!(maxCost > 0)) {
            throw new UserException("A limit of " + maxCost + " dollars buys nothing; more than 0 was expected.");
        }
        if (maxCost < Double.POSITIVE_INFINITY && prices.isEmpty()) {
            throw new UserException("The judge's cost can be limited only if its prices are known: give both"
                    + " --price-in and --price-out, in dollars per million tokens.");
        }
        if (maxCost < Double.POSITIVE_INFINITY && !limited(parameters)) {
            throw new UserException("The judge's cost can be limited only if its replies have a limit: a request"
                    + " without max_tokens needs max_completion_tokens.");
        }
        if (weighted && words.bracketed()) {
            throw new UserException("A weighted verdict is read at the first token of the reply, so it cannot be "
                    + words.said() + ", which may appear anywhere. Choose single letters, or no weights.");
        }
        if (parameters.containsKey("messages") || parameters.containsKey("stream") || parameters.containsKey("n")) {
            throw new UserException("messages, stream and n are not parameters of a judge; Tandem sets them itself.");
        }
    }

    private static boolean limited(Map<String, JsonNode> parameters) {
        var other = parameters.get("max_completion_tokens");
        var usual = parameters.get("max_tokens");
        return (other != null && other.isNumber()) || usual == null || usual.isNumber();
    }

    /** A request about two answers. */
    ChatRequest request(String instruction, String first, String second) {
        return new ChatRequest(prompt.fill(instruction, first, second), requestParameters());
    }

    private ObjectNode requestParameters() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("model", model);
        json.put("temperature", 0);
        json.put("max_tokens", maxTokens);
        if (weighted) {
            json.put("logprobs", true);
            json.put("top_logprobs", TOP);
        }
        new java.util.TreeMap<>(parameters).forEach((name, value) -> {
            if (value.isNull()) {
                json.remove(name);
            } else {
                json.set(name, value);
            }
        });
        return json;
    }

    /** The settings that determine verdicts, in the form written to the result file. */
    Map<String, Object> json() {
        var json = new java.util.LinkedHashMap<String, Object>();
        json.put("model", model);
        json.put("weighted", weighted);
        json.put("verdict_words", words.said());
        json.put("parameters", requestParameters());
        json.put("prompt", prompt.messages());
        return json;
    }
}

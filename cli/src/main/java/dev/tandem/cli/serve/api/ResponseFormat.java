package dev.tandem.cli.serve.api;

import dev.tandem.inference.Answer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of an answer, as OpenAI documents it for the two endpoints. */
final class ResponseFormat {
    private final boolean chat;
    private final ServedModel served;
    private final String id;
    private final long created = System.currentTimeMillis() / 1000;

    /** @param chat whether it is for {@code /v1/chat/completions}, not {@code /v1/completions} */
    ResponseFormat(boolean chat, ServedModel served) {
        this.chat = chat;
        this.served = served;
        var random = ThreadLocalRandom.current();
        this.id = String.format(
                Locale.ROOT, "%s-%016x%08x", chat ? "chatcmpl" : "cmpl", random.nextLong(), random.nextInt());
    }

    /** The whole answer. */
    ObjectNode whole(List<Answer> answers, int promptTokens) {
        var json = head(chat ? "chat.completion" : "text_completion");
        var choices = json.putArray("choices");
        for (var i = 0; i < answers.size(); i++) {
            var answer = answers.get(i);
            var choice = choices.addObject().put("index", i);
            if (chat) {
                choice.putObject("message")
                        .put("role", "assistant")
                        .put("content", answer.text())
                        .putNull("refusal");
            } else {
                choice.put("text", answer.text());
            }
            choice.putNull("logprobs").put("finish_reason", reason(answer));
        }
        usage(json, answers, promptTokens);
        return json;
    }

    /** The first chunk of a text; only chats have one. */
    Optional<ObjectNode> opening(int index, boolean usage) {
        if (!chat) {
            return Optional.empty();
        }
        var json = chunk(usage);
        var choice = choice(json, index);
        choice.putObject("delta").put("role", "assistant").put("content", "");
        choice.putNull("logprobs").putNull("finish_reason");
        return Optional.of(json);
    }

    /** A chunk of text. */
    ObjectNode piece(int index, String text, boolean usage) {
        var json = chunk(usage);
        var choice = choice(json, index);
        if (chat) {
            choice.putObject("delta").put("content", text);
        } else {
            choice.put("text", text);
        }
        choice.putNull("logprobs").putNull("finish_reason");
        return json;
    }

    /** The chunk that says why a text ended. */
    ObjectNode end(int index, Answer answer, boolean usage) {
        var json = chunk(usage);
        var choice = choice(json, index);
        if (chat) {
            choice.putObject("delta");
        } else {
            choice.put("text", "");
        }
        choice.putNull("logprobs").put("finish_reason", reason(answer));
        return json;
    }

    /** The last chunk, if the request wants it. */
    ObjectNode total(List<Answer> answers, int promptTokens) {
        var json = chunk(false);
        json.putArray("choices");
        usage(json, answers, promptTokens);
        return json;
    }

    private ObjectNode chunk(boolean usage) {
        var json = head(chat ? "chat.completion.chunk" : "text_completion");
        if (usage) {
            json.putNull("usage");
        }
        return json;
    }

    private ObjectNode head(String object) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", served.name())
                .put("system_fingerprint", served.fingerprint());
    }

    private static ObjectNode choice(ObjectNode json, int index) {
        return json.putArray("choices").addObject().put("index", index);
    }

    private static String reason(Answer answer) {
        return answer.end() == Answer.End.LENGTH ? "length" : "stop";
    }

    private static void usage(ObjectNode json, List<Answer> answers, int promptTokens) {
        var made = answers.stream().mapToInt(Answer::tokens).sum();
        json.putObject("usage")
                .put("prompt_tokens", promptTokens)
                .put("completion_tokens", made)
                .put("total_tokens", promptTokens + made);
    }
}

package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients that people have send, to a model that answers "Hello there" to everything. */
@Timeout(120)
class ServeClientsTest {
    private static final Path CASES = Path.of("..", "testdata", "cases");
    private static final Path MODEL = CASES.resolve("common").resolve("chatml");
    private static final String USER = "{'role': 'user', 'content': 'Hi'}";

    private static TestServer server;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        server = TestServer.start(MODEL);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> chat(TestServer asked, String messages, String more) {
        var body = "{'model': 'tiny', 'messages': [" + messages + "]" + (more.isEmpty() ? "" : ", " + more) + "}";
        return asked.post("/v1/chat/completions", body.replace('\'', '"'));
    }

    private static HttpResponse<String> chat(String messages, String more) {
        return chat(server, messages, more);
    }

    private static void isAnswered(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(TestServer.json(response).at("/choices/0/message/content").asString())
                .isEqualTo("Hello there");
        assertThat(TestServer.json(response).at("/choices/0/finish_reason").asString())
                .isEqualTo("stop");
    }

    private static void isRefused(HttpResponse<String> response, String param, String part) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(TestServer.json(response).at("/error/param").asString()).isEqualTo(param);
        assertThat(TestServer.json(response).at("/error/message").asString()).contains(part);
    }

    private static int promptTokens(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.json(response).at("/usage/prompt_tokens").asInt();
    }

    /** The chat model with another template. */
    private TestServer with(Path tokenizerConfig) throws IOException {
        for (var name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(MODEL.resolve(name), folder.resolve(name));
        }
        Files.copy(tokenizerConfig, folder.resolve("tokenizer_config.json"));
        return TestServer.start(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'role': 'user', 'content': 'Hi', 'name': 'reader'}",
                "{'role': 'user', 'content': 'Hi', 'type': 'message', 'id': 'msg-1', 'cache_control': {'type': 'x'}}",
                "{'role': 'user', 'content': [{'type': 'text', 'text': 'H'}, {'type': 'input_text', 'text': 'i'}]}",
                "{'role': 'user', 'content': ['Hi']}",
                "{'role': 'developer', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hi'}",
                "{'role': 'user', 'content': null}",
                "{'role': 'user', 'content': 'Hi'}, {'role': 'system', 'content': 'Be brief.'}",
                "{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Yes'},"
                        + " {'role': 'tool', 'content': 'warm'}"
            })
    void messagesOfClientsAreTaken(String messages) {
        isAnswered(chat(messages, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'content': 'Yes', 'id': 'msg-2', 'refusal': null, 'annotations': [], 'audio': null",
                "'content': 'Yes', 'reasoning_content': 'A short thought.'",
                "'content': 'Yes', 'reasoning': 'A short thought.', 'parsed': null",
                "'content': null",
                "'content': null, 'tool_calls': [{'id': 'c1', 'type': 'function', 'function':"
                        + " {'name': 'weather', 'arguments': '{}'}}]",
                "'tool_calls': [{'id': 'c1', 'type': 'function', 'function': {'name': 'a', 'arguments': 'no JSON'}}]",
                "'function_call': {'name': 'weather', 'arguments': '{}'}"
            })
    void answersComeBackAsTheyWere(String answer) {
        isAnswered(chat(USER + ", {'role': 'assistant', " + answer + "}, " + USER, ""));
    }

    @Test
    void whatAMessageCannotHaveIsNamed() {
        isRefused(chat("{'role': 'user', 'contnet': 'Hi'}", ""), "messages[0].content", "missing");
        isRefused(chat("{'role': 'user', 'content': 'Hi', 'foo': 1}", ""), "messages[0].foo", "'foo'");
        isRefused(chat("{'role': 'user', 'content': 'Hi', 'audio': {'id': 1}}", ""), "messages[0].audio", "'audio'");
        isRefused(chat("{'role': 'asistant', 'content': 'Hi'}", ""), "messages[0].role", "assistant");
        isRefused(chat("{'role': 'assistant', 'tool_calls': 5}", ""), "messages[0].tool_calls", "an array of calls");
    }

    /** Calls, their arguments and the reasoning, as a template sees them. */
    @Test
    void theTemplateGetsWhatMessagesHold() throws IOException {
        var template = "{% for m in messages %}{% if m.tool_calls %}{% for c in m.tool_calls %}"
                + "{% for k, v in c.function.arguments.items() %}{{ k }}{{ v }}{% endfor %}{% endfor %}{% endif %}"
                + "{{ m.reasoning_content or '' }}{{ m.name or '' }}{{ m.content }}{% endfor %}";
        var config = Files.writeString(
                Files.createTempFile("config", ".json"),
                "{\"eos_token\": \"<|im_end|>\", \"chat_template\": \"" + template + "\"}");
        try (var other = with(config)) {
            var call = "{'role': 'assistant', 'content': null, 'tool_calls': [{'function':"
                    + " {'name': 'f', 'arguments': '{\\\"aa\\\": \\\"bb\\\"}'}}]}";
            var thought = "{'role': 'assistant', 'content': 'e', 'reasoning': 'dd'}";
            var plain = "{'model': 'tiny', 'prompt': 'Hiaabbddeccf'}".replace('\'', '"');
            assertThat(promptTokens(chat(
                            other,
                            USER + ", " + call + ", " + thought + ", {'role': 'tool', 'name': 'cc', 'content': 'f'}",
                            "")))
                    .isEqualTo(promptTokens(other.post("/v1/completions", plain)));
        }
    }

    @Test
    void anAssistantsLastMessageIsContinued() {
        var last = USER + ", {'role': 'assistant', 'content': 'He'}";
        var continued = promptTokens(chat(last, ""));
        var text = "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\nHe";
        var plain = server.post("/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"" + text + "\"}");
        assertThat(continued).isEqualTo(promptTokens(plain));
        assertThat(TestServer.json(chat(last, ""))
                        .at("/choices/0/message/content")
                        .asString())
                .isEqualTo(TestServer.text(plain));
        assertThat(promptTokens(chat(last, "'continue_final_message': true, 'add_generation_prompt': false")))
                .isEqualTo(continued);
        isAnswered(chat(last, "'continue_final_message': false"));
        isAnswered(chat(last, "'add_generation_prompt': true"));
        isRefused(chat(USER, "'continue_final_message': true"), "continue_final_message", "assistant's");
        isRefused(
                chat(last, "'continue_final_message': true, 'add_generation_prompt': true"),
                "continue_final_message",
                "both");
        isRefused(chat(USER, "'add_generation_prompt': false"), "add_generation_prompt", "not supported");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'top_logprobs': 0",
                "'stop': ''",
                "'stop': ['']",
                "'min_tokens': 0",
                "'chat_template_kwargs': {}",
                "'ignore_eos': false",
                "'skip_special_tokens': true",
                "'stop_token_ids': []",
                "'add_generation_prompt': true",
                "'continue_final_message': false",
                "'verbosity': 'medium'",
                "'reasoning_effort': 'medium'",
                "'include_stop_str_in_output': false",
                "'use_beam_search': false",
                "'length_penalty': 1.0",
                "'priority': 0",
                "'frequency_penalty': -0.0",
                "'presence_penalty': 0e0",
                "'seed': 1.0",
                "'n': 1.0",
                "'stream_options': {}",
                "'stream_options': {'include_usage': false}",
                "'top_p': 0",
                "'top_p': 0, 'temperature': 1.5",
                "'min_p': 1, 'temperature': 1.5",
                "'tools': [], 'tool_choice': 'none', 'parallel_tool_calls': false",
                "'prediction': {'type': 'content', 'content': 'Hello'}"
            })
    void valuesThatAskForNothingAreTaken(String more) {
        isAnswered(chat(USER, more));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "top_logprobs | 2",
                "min_tokens | 5",
                "ignore_eos | true",
                "stop_token_ids | [386]",
                "skip_special_tokens | false",
                "reasoning_effort | \"high\"",
                "length_penalty | 0.5",
                "frequency_penalty | 0.1",
                "logprobs | true",
                "tools | [{\"type\": \"function\"}]",
                "echo | true",
                "chat_template_kwargs | {\"messages\": []}",
                "no_such_parameter | 1"
            })
    void whatCannotBeHonouredIsNamed(String name, String value) {
        isRefused(chat(USER, "'" + name + "': " + value), name, name);
    }

    @Test
    void argumentsReachTheTemplate() throws IOException {
        try (var thinking = with(CASES.resolve("83").resolve("tokenizer_config.json"))) {
            var plain = chat(thinking, USER, "");
            var asked = chat(thinking, USER, "'chat_template_kwargs': {'enable_thinking': false}");
            isAnswered(plain);
            isAnswered(asked);
            assertThat(promptTokens(asked)).isGreaterThan(promptTokens(plain));
        }
    }

    @Test
    void theTemplatesReasonIsGiven() throws IOException {
        try (var strict = with(CASES.resolve("88").resolve("tokenizer_config.json"))) {
            isAnswered(chat(strict, USER, ""));
            isRefused(chat(strict, USER + ", " + USER, ""), "messages", "Roles must alternate user/assistant");
        }
    }

    @Test
    void anEmptyPromptIsCalledSo() {
        var response = server.post("/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"\", \"max_tokens\": 3}");
        isRefused(response, "prompt", "the prompt is empty");
        assertThat(response.body()).doesNotContain("train");
    }

    @ParameterizedTest
    @CsvSource({"localhost:9000, 200", "127.0.0.1:1, 200", "localhost, 200", "[::1]:9, 200", "example.org, 403"})
    void itsNameIsKnownWithAnyPort(String host, int status) throws IOException {
        assertThat(server.ask("GET /v1/models", "Host: " + host + "\r\n", "")).startsWith("HTTP/1.1 " + status);
    }

    @Test
    void headIsGetWithoutABody() throws IOException {
        for (var path : List.of("/health", "/v1/models", "/v1/models/tiny", "/metrics")) {
            assertThat(server.ask("HEAD " + path, "Host: localhost\r\n", ""))
                    .as(path)
                    .startsWith("HTTP/1.1 200")
                    .containsPattern("content-length: [1-9]")
                    .endsWith("\r\n\r\n");
        }
        assertThat(server.ask("HEAD /v1/completions", "Host: localhost\r\n", ""))
                .startsWith("HTTP/1.1 405");
    }

    @Test
    void requestsHaveAName() throws IOException {
        var id = "x-request-id: ";
        var host = "Host: localhost\r\n";
        assertThat(server.ask("GET /v1/models", host + id + "abc-1\r\n", "")).contains(id + "abc-1\r\n");
        assertThat(server.ask("GET /nothing", host + "X-Request-ID: abc-2\r\n", ""))
                .startsWith("HTTP/1.1 404")
                .contains(id + "abc-2\r\n");
        assertThat(server.ask("GET /v1/models", host, "")).containsPattern(id + "req-[0-9a-f]{24}\r\n");
        assertThat(server.ask("GET /v1/models", host + id + "a b\r\n", "")).containsPattern(id + "req-");
        assertThat(server.ask(
                        "POST /v1/chat/completions",
                        host + id + "abc-3\r\nContent-Type: application/json\r\n",
                        ("{'model': 'tiny', 'stream': true, 'messages': [" + USER + "]}").replace('\'', '"')))
                .contains(id + "abc-3\r\n", "data: [DONE]");
    }

    /** A base model whose files name only the end of its documents, and whose chat template ends turns with another. */
    @Test
    void theEndOfATurnEndsAnAnswer() {
        try (var base = TestServer.start(CASES.resolve("common").resolve("base"))) {
            isAnswered(chat(base, USER, ""));
            isAnswered(chat(base, USER, "'stop': '<|im_end|>'"));
        }
    }

    @Test
    void aSystemTextPrecedesTheTurnsOfAPlainTemplate() {
        try (var plain = TestServer.start(
                () -> TestServer.open(MODEL),
                TestServer.BOUNDS,
                TestServer.settings(Optional.of("User: {}\nAssistant:"), Optional.empty()),
                ApiLimits.USUAL)) {
            var text = "{\"model\": \"tiny\", \"prompt\": \"Be brief.\\nUser: Hi\\nAssistant:\"}";
            assertThat(promptTokens(chat(plain, "{'role': 'system', 'content': 'Be brief.'}, " + USER, "")))
                    .isEqualTo(promptTokens(plain.post("/v1/completions", text)));
        }
    }
}

package dev.tandem.cli.serve.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import dev.tandem.cli.TinyModel;
import dev.tandem.inference.ChatSession;
import dev.tandem.inference.FileGeneration;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.model.generation.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** OpenAI's own client against a real server. */
@Timeout(120)
class OpenAiClientTest {
    private static final String KEY = "a-key-that-is-hard-to-guess";

    @TempDir
    static Path folder;

    private static Path model = Path.of("");
    private static TestServer server;
    private static OpenAIClient client;

    @BeforeAll
    static void start() {
        model = TinyModel.write(folder.resolve("model"), Optional.of(TinyModel.TEMPLATE));
        server = TestServer.start(
                () -> TestServer.open(model),
                TestServer.BOUNDS,
                TestServer.settings(Optional.empty(), Optional.of(KEY)),
                ApiLimits.USUAL);
        client = client(KEY);
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.server().url())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static CompletionCreateParams.Builder completion(String prompt) {
        return CompletionCreateParams.builder()
                .model(TestServer.NAME)
                .prompt(prompt)
                .maxTokens(16);
    }

    private static ChatCompletionCreateParams.Builder chat(String text) {
        return ChatCompletionCreateParams.builder()
                .model(TestServer.NAME)
                .addUserMessage(text)
                .maxCompletionTokens(16);
    }

    /** What {@code tandem generate} answers to rows with these prompts. */
    private static List<String> generated(List<String> prompts, GenerationSettings settings) throws IOException {
        var data = Files.createTempFile(folder, "prompts", ".jsonl");
        Files.write(
                data,
                prompts.stream()
                        .map(p -> JsonMapper.shared()
                                .createObjectNode()
                                .put("prompt", p)
                                .toString())
                        .toList());
        var out = folder.resolve(data.getFileName() + ".answers");
        try (var opened = TestServer.open(model)) {
            var how = new FileGeneration.Prompts(Optional.empty(), Optional.empty(), Map.of());
            new FileGeneration(opened, settings, how, "tiny")
                    .run(data, out, FileGeneration.Layout.JSONL, (answers, tokens) -> {}, () -> false);
        }
        return Files.readAllLines(out).stream()
                .map(line -> JsonMapper.shared().readTree(line).path("output").asString())
                .toList();
    }

    private static GenerationSettings greedy() {
        return new GenerationSettings(16, Sampling.GREEDY, List.of(), 42, 1);
    }

    @Test
    void listsTheModel() {
        assertThat(client.models().list().data()).singleElement().satisfies(m -> {
            assertThat(m.id()).isEqualTo(TestServer.NAME);
            assertThat(m.ownedBy()).isEqualTo("tandem");
            assertThat(m.created()).isPositive();
        });
        assertThat(client.models().retrieve(TestServer.NAME).id()).isEqualTo(TestServer.NAME);
        var missing = catchThrowableOfType(
                NotFoundException.class, () -> client.models().retrieve("gpt-nothing"));
        assertThat(missing.code()).contains("model_not_found");
    }

    @Test
    void saysWhatGenerateSaysAloneAndAmong32Others() throws Exception {
        var prompts = new ArrayList<String>();
        for (var i = 0; i < 32; i++) {
            prompts.add("the hill number " + i + (i % 3 == 0 ? " " : ""));
        }
        var expected = generated(prompts, greedy());
        var alone = client.completions().create(completion(prompts.get(0)).build());
        assertThat(alone.choices().get(0).text()).isEqualTo(expected.get(0));
        assertThat(alone.usage().orElseThrow().completionTokens()).isBetween(1L, 16L);
        assertThat(alone.id()).startsWith("cmpl-");
        assertThat(alone.systemFingerprint()).contains("fp_test");
        var pool = Executors.newFixedThreadPool(32);
        try {
            var asked = prompts.stream()
                    .map(p -> (Callable<String>) () -> client.completions()
                            .create(completion(p).build())
                            .choices()
                            .get(0)
                            .text())
                    .toList();
            var heard = new ArrayList<String>();
            for (var each : pool.invokeAll(asked)) {
                heard.add(each.get());
            }
            assertThat(heard).isEqualTo(expected);
        } finally {
            pool.shutdownNow();
        }
        var together = client.completions()
                .create(completion("")
                        .promptOfArrayOfStrings(prompts.subList(0, 5))
                        .build());
        assertThat(together.choices()).extracting(CompletionChoice::text).isEqualTo(expected.subList(0, 5));
    }

    @Test
    void drawsAreThoseOfGenerateForTheSameSeed() throws Exception {
        var warm = new GenerationSettings(16, new Sampling(0.9, 0, 0.95, 0.0, 1.0), List.of(), 7, 1);
        var expected = generated(List.of("the hill", "the hill", "the hill"), warm);
        assertThat(expected).doesNotHaveDuplicates();
        var heard = client.completions()
                .create(completion("the hill")
                        .temperature(0.9)
                        .topP(0.95)
                        .seed(7)
                        .n(3)
                        .build());
        assertThat(heard.choices()).extracting(CompletionChoice::text).isEqualTo(expected);
        var unseeded = client.completions()
                .create(completion("the hill").temperature(1.0).n(4).build());
        assertThat(unseeded.choices()).extracting(CompletionChoice::text).doesNotHaveDuplicates();
    }

    @Test
    void chatsAsTheTerminalDoes() {
        String first;
        String second;
        try (var opened = TestServer.open(model);
                var session = new ChatSession(opened, greedy(), Optional.empty())) {
            session.system("Be brief.");
            first = session.say("the hill?", piece -> {}, () -> false).text();
            second = session.say("and the sea?", piece -> {}, () -> false).text();
        }
        var one = client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(TestServer.NAME)
                        .addDeveloperMessage("Be brief.")
                        .addUserMessage("the hill?")
                        .maxCompletionTokens(16)
                        .build());
        assertThat(content(one)).isEqualTo(first);
        var two = client.chat()
                .completions()
                .create(ChatCompletionCreateParams.builder()
                        .model(TestServer.NAME)
                        .addSystemMessage("Be brief.")
                        .addUserMessage("the hill?")
                        .addMessage(one.choices().get(0).message())
                        .addUserMessage("and the sea?")
                        .maxCompletionTokens(16)
                        .build());
        assertThat(content(two)).isEqualTo(second);
        assertThat(two.id()).startsWith("chatcmpl-");
        assertThat(two.usage().orElseThrow().totalTokens())
                .isEqualTo(two.usage().orElseThrow().promptTokens()
                        + two.usage().orElseThrow().completionTokens());
    }

    private static String content(ChatCompletion completion) {
        return completion.choices().get(0).message().content().orElseThrow();
    }

    @Test
    void streamsWhatItSaysAtOnce() {
        var whole = client.chat().completions().create(chat("a line").n(2).build());
        var chunks = new ArrayList<ChatCompletionChunk>();
        var params = chat("a line")
                .n(2)
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (var stream = client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(chunks::add);
        }
        for (var i = 0; i < 2; i++) {
            var index = i;
            var mine = chunks.stream()
                    .flatMap(c -> c.choices().stream())
                    .filter(c -> c.index() == index)
                    .toList();
            assertThat(mine.get(0).delta().role().orElseThrow().asString()).isEqualTo("assistant");
            assertThat(mine.stream().flatMap(c -> c.delta().content().stream()).reduce("", String::concat))
                    .isEqualTo(whole.choices().get(i).message().content().orElseThrow());
            assertThat(mine.get(mine.size() - 1).finishReason().orElseThrow().asString())
                    .isIn("length", "stop");
        }
        var last = chunks.get(chunks.size() - 1);
        assertThat(last.choices()).isEmpty();
        assertThat(last.usage()).isEqualTo(whole.usage());
        var text = new StringBuilder();
        try (var stream =
                client.completions().createStreaming(completion("a line").build())) {
            stream.stream().forEach(c -> text.append(c.choices().get(0).text()));
        }
        assertThat(text)
                .hasToString(client.completions()
                        .create(completion("a line").build())
                        .choices()
                        .get(0)
                        .text());
    }

    @Test
    void aStopTextEndsAnAnswer() {
        var whole = client.completions()
                .create(completion("the hill").build())
                .choices()
                .get(0)
                .text();
        var stop = whole.substring(4, 6);
        var cut = client.completions()
                .create(completion("the hill").stop(stop).build())
                .choices()
                .get(0);
        assertThat(cut.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
        assertThat(cut.finishReason().asString()).isEqualTo("stop");
    }

    @Test
    void errorsAreOpenAis() {
        var wrongModel = catchThrowableOfType(
                NotFoundException.class,
                () -> client.completions().create(completion("x").model("other").build()));
        assertThat(wrongModel.param()).contains("model");
        var tools = catchThrowableOfType(
                BadRequestException.class,
                () -> client.chat()
                        .completions()
                        .create(chat("x").frequencyPenalty(0.5).build()));
        assertThat(tools.param()).contains("frequency_penalty");
        assertThat(tools.code()).contains("unsupported_parameter");
        var unknown = catchThrowableOfType(
                BadRequestException.class,
                () -> client.chat()
                        .completions()
                        .create(chat("x")
                                .putAdditionalBodyProperty("tempratur", JsonValue.from(1))
                                .build()));
        assertThat(unknown.code()).contains("unknown_parameter");
        var tooLong = catchThrowableOfType(
                BadRequestException.class,
                () -> client.completions()
                        .create(completion("x").maxTokens(4000).build()));
        assertThat(tooLong.code()).contains("context_length_exceeded");
        assertThat(tooLong).hasMessageContaining("4000 tokens").hasMessageContaining("4001 tokens");
        var stranger = client("a-key-that-was-guessed");
        try {
            assertThat(catchThrowableOfType(
                            UnauthorizedException.class, () -> stranger.models().list()))
                    .satisfies(e -> assertThat(e.code()).contains("invalid_api_key"));
        } finally {
            stranger.close();
        }
    }

    @Test
    void vllmsFurtherParametersWork() {
        var plain = client.chat().completions().create(chat("the hill").build());
        var same = client.chat()
                .completions()
                .create(chat("the hill")
                        .temperature(1.0)
                        .putAdditionalBodyProperty("top_k", JsonValue.from(1))
                        .putAdditionalBodyProperty("min_p", JsonValue.from(0.1))
                        .build());
        assertThat(content(same)).isEqualTo(content(plain));
        var penalised = client.chat()
                .completions()
                .create(chat("the hill")
                        .putAdditionalBodyProperty("repetition_penalty", JsonValue.from(5.0))
                        .build());
        assertThat(content(penalised)).isNotEqualTo(content(plain));
    }
}

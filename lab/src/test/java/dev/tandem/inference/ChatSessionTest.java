package dev.tandem.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.rows.Row;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.Sampler;
import dev.tandem.model.generation.Sampling;
import dev.tandem.model.generation.TextModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ChatSessionTest {
    private static final GenerationSettings SETTINGS = new GenerationSettings(10, Sampling.GREEDY, List.of(), 1, 1);

    @TempDir
    Path folder;

    private TextModel model;

    @BeforeEach
    void open() {
        model = TinyTextModel.open(folder);
    }

    @AfterEach
    void close() {
        model.close();
    }

    /** The answer of a model that reads the whole conversation again. */
    private String recomputed(String... said) {
        return recomputed(Optional.empty(), said);
    }

    private String recomputed(Optional<String> system, String... said) {
        var row = JsonMapper.shared().createObjectNode();
        var messages = row.putArray("messages");
        system.ifPresent(text -> messages.addObject().put("role", "system").put("content", text));
        for (var i = 0; i < said.length; i++) {
            messages.addObject().put("role", i % 2 == 0 ? "user" : "assistant").put("content", said[i]);
        }
        var ids = PromptEncoder.of(new ConversationFormat(), Optional.empty(), Map.of(), model.tokenizer(), 300)
                .encode(new Row("test", row));
        var result = new ArrayList<Answer>();
        try (var generator = new BatchGenerator(model.model(), 1)) {
            generator.add(new GenerationTask(
                    ids,
                    10,
                    model.tokenizer().endTokens(),
                    new Sampler(Sampling.GREEDY, 0, model.tokenizer().vocabSize()),
                    new AnswerListener(model.tokenizer(), List.of(), 0, piece -> {}, () -> false, result::add)));
            generator.run();
        }
        return result.get(0).text();
    }

    private static String say(ChatSession session, String text) {
        var heard = new StringBuilder();
        var answer = session.say(text, heard::append, () -> false);
        assertThat(heard).hasToString(answer.text());
        return answer.text();
    }

    @Test
    void saysWhatItWouldSayIfItReadAllOfItAnew() {
        try (var session = new ChatSession(model, SETTINGS, Optional.empty())) {
            var first = say(session, "the hill");
            assertThat(first).isEqualTo(recomputed("the hill"));
            var second = say(session, "and the sea?");
            assertThat(second).isEqualTo(recomputed("the hill", first, "and the sea?"));
            session.reset();
            assertThat(say(session, "the hill")).isEqualTo(first);
            assertThat(session.turns()).isEqualTo(1);
        }
    }

    @Test
    void aSystemTextStandsBeforeAllTurns() {
        try (var session = new ChatSession(model, SETTINGS, Optional.empty())) {
            var plain = say(session, "the hill");
            session.system("Be a hill.");
            assertThat(session.turns()).isZero();
            assertThat(say(session, "the hill")).isEqualTo(recomputed(Optional.of("Be a hill."), "the hill"));
            session.system("");
            assertThat(say(session, "the hill")).isEqualTo(plain);
        }
    }

    @Test
    void withATemplateTurnsStandOneAfterTheOther() {
        try (var session = new ChatSession(model, SETTINGS, Optional.of("User: {}\nAssistant:"))) {
            say(session, "the hill");
            say(session, "the sea");
            assertThat(session.turns()).isEqualTo(2);
            session.system("Be a hill.");
            assertThat(session.turns()).isZero();
            assertThat(say(session, "the hill")).isEqualTo(continued("Be a hill.\nUser: the hill\nAssistant:"));
        }
        assertThatThrownBy(() -> new ChatSession(model, SETTINGS, Optional.of("User: Assistant:")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has no {}");
    }

    /** How the model continues a text. */
    private String continued(String text) {
        var result = new ArrayList<Answer>();
        var ids = model.tokenizer().encodePrompt(text);
        try (var generator = new BatchGenerator(model.model(), 1)) {
            generator.add(SETTINGS.continuation(
                    model,
                    0,
                    ids,
                    new AnswerListener(model.tokenizer(), List.of(), ids, 0, piece -> {}, () -> false, result::add)));
            generator.run();
        }
        return result.get(0).text();
    }

    @Test
    void cancelledItKeepsWhatWasSaid() {
        try (var session = new ChatSession(model, SETTINGS, Optional.empty())) {
            var pieces = new int[1];
            var answer = session.say("the hill", piece -> pieces[0]++, () -> pieces[0] >= 2);
            assertThat(answer.tokens()).isLessThan(10);
            assertThat(say(session, "go on")).isEqualTo(recomputed("the hill", answer.text(), "go on"));
        }
    }

    @Test
    void aConversationLongerThanTheModelIsSaid() {
        try (var session = new ChatSession(model, SETTINGS, Optional.empty())) {
            assertThatThrownBy(() -> say(session, "x?!".repeat(300)))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("trained for 400")
                    .hasMessageContaining("/reset");
            assertThat(session.turns()).isZero();
        }
    }
}

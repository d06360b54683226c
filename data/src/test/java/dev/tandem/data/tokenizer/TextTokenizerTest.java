package dev.tandem.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.encoding.RandomTexts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
    private final Path folder;

    TextTokenizerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void encodesAndDecodesAnyText() {
        var random = new SplittableRandom(7);
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            for (var i = 0; i < 200; i++) {
                var text = RandomTexts.text(random);
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void aTextThatGoesOnDecodesToBothTextsJoined() {
        var random = new SplittableRandom(8);
        try (var tokenizer = TokenizerFolder.withLeadingSpace(folder).load()) {
            assertThat(tokenizer.encodeContinuation("there")).isNotEqualTo(tokenizer.encode("there"));
            for (var i = 0; i < 200; i++) {
                var first = RandomTexts.text(random);
                var second = RandomTexts.text(random);
                var joined = IntStream.concat(
                                IntStream.of(tokenizer.encode(first)),
                                IntStream.of(tokenizer.encodeContinuation(second)))
                        .toArray();
                assertThat(tokenizer.decode(joined)).isEqualTo(" " + first + second);
            }
        }
    }

    @Test
    void keepsTheOrderWhenManyThreadsEncode() {
        var texts = IntStream.range(0, 500).mapToObj(i -> "the hill " + i).toList();
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            var parallel = texts.parallelStream().map(tokenizer::encode).toList();
            for (var i = 0; i < texts.size(); i++) {
                assertThat(parallel.get(i)).isEqualTo(tokenizer.encode(texts.get(i)));
            }
        }
    }

    @Test
    void recognisesSpecialTokensInText() {
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            assertThat(tokenizer.encode("<|im_start|></s>")).containsExactly(2, 1);
            assertThat(tokenizer.decode(new int[] {2, 1})).isEqualTo("<|im_start|></s>");
            assertThat(tokenizer.decodeWithoutSpecialTokens(new int[] {2, 1})).isEmpty();
            assertThat(tokenizer.isSpecial(2)).isTrue();
            assertThat(tokenizer.isSpecial(tokenizer.encode("a")[0])).isFalse();
        }
    }

    @Test
    void addsBosOnlyByTheTokenizersOwnRules() {
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            assertThat(tokenizer.addsBos()).isFalse();
            assertThat(tokenizer.bos()).isEqualTo(OptionalInt.of(0));
            assertThat(tokenizer.encodePrompt("a")).isEqualTo(tokenizer.encode("a"));
        }
        try (var tokenizer = TokenizerFolder.withBos(folder).load()) {
            assertThat(tokenizer.addsBos()).isTrue();
            assertThat(tokenizer.encodePrompt("a")).startsWith(0).hasSize(2);
            assertThat(tokenizer.encodePrompt("<s>a")).startsWith(0).hasSize(2);
            assertThat(tokenizer.encode("a")).hasSize(1);
        }
    }

    @Test
    void addBosTokenDecidesOverThePostProcessor() {
        var files = TokenizerFolder.withBos(folder);
        files.edit("tokenizer_config.json", json -> json.put("add_bos_token", false));
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.addsBos()).isFalse();
        }
        TokenizerFolder.plain(folder).edit("tokenizer_config.json", json -> json.put("add_bos_token", true));
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.encodePrompt("a")).startsWith(0).hasSize(2);
        }
    }

    @Test
    void aPromptLosesTheSpacesAtItsEnd() {
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            assertThat(tokenizer.encodePrompt("Assistant:  ")).isEqualTo(tokenizer.encode("Assistant:"));
            assertThat(tokenizer.encodePrompt("Assistant:\n")).isEqualTo(tokenizer.encode("Assistant:\n"));
        }
    }

    @Test
    void readsRolesFromTheFirstFileThatNamesThem() {
        var files = TokenizerFolder.plain(folder);
        files.edit("config.json", json -> json.put("eos_token_id", 3).put("pad_token_id", 3));
        files.edit(
                "generation_config.json",
                json -> json.putArray("eos_token_id").add(2).add(3));
        files.edit(
                "special_tokens_map.json", json -> json.putObject("eos_token").put("content", "<|im_end|>"));
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.eos()).isEqualTo(1);
            assertThat(tokenizer.endTokens()).containsExactly(1, 2, 3);
            assertThat(tokenizer.pad()).isEqualTo(OptionalInt.of(3));
        }
        files.edit("tokenizer_config.json", json -> json.putNull("eos_token"));
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.eos()).isEqualTo(3);
        }
        files.delete("special_tokens_map.json");
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.eos()).isEqualTo(2);
        }
        files.delete("generation_config.json");
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.endTokens()).containsExactly(3);
        }
        files.delete("config.json");
        assertThatThrownBy(files::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no end-of-sequence token");
    }

    @Test
    void refusesARoleOutsideTheVocabulary() {
        var files = TokenizerFolder.plain(folder);
        files.edit("tokenizer_config.json", json -> json.put("eos_token", "<|end|>"));
        assertThatThrownBy(files::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'<|end|>' is not in the vocabulary");
    }

    @Test
    void findsTheChatTemplateInEveryPlace() throws IOException {
        var files = TokenizerFolder.plain(folder);
        try (var tokenizer = files.load()) {
            assertThatThrownBy(tokenizer::chatTemplate)
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("no chat template");
        }
        files.edit("tokenizer_config.json", json -> {
            var templates = json.putArray("chat_template");
            templates.addObject().put("name", "tool_use").put("template", "tools");
            templates.addObject().put("name", "default").put("template", "listed");
        });
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.chatTemplate()).isEqualTo("listed");
        }
        files.edit("tokenizer_config.json", json -> json.put("chat_template", "single"));
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.chatTemplate()).isEqualTo("single");
        }
        Files.writeString(folder.resolve("chat_template.jinja"), "file");
        try (var tokenizer = files.load()) {
            assertThat(tokenizer.chatTemplate()).isEqualTo("file");
        }
    }

    @Test
    void refusesWhatIsNotABpeTokenizer() throws IOException {
        var files = TokenizerFolder.plain(folder);
        files.edit("tokenizer.json", json -> json.putObject("normalizer").put("type", "Precompiled"));
        assertThatThrownBy(files::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("normalizer Precompiled");
        files.edit("tokenizer.json", json -> json.withObject("model").put("type", "WordPiece"));
        assertThatThrownBy(files::load).isInstanceOf(UserException.class).hasMessageContaining("WordPiece");
        Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": {\"type\": \"BPE\", ");
        assertThatThrownBy(files::load).isInstanceOf(UserException.class).hasMessageContaining("not valid JSON");
        files.delete("tokenizer.json");
        assertThatThrownBy(files::load).isInstanceOf(UserException.class).hasMessageContaining("does not exist");
    }

    @Test
    void namesTheFileTheLibraryRefuses() {
        var files = TokenizerFolder.plain(folder);
        files.edit("tokenizer.json", json -> json.withObject("model").put("merges", "none"));
        assertThatThrownBy(files::load)
                .isInstanceOf(UserException.class)
                .hasMessageContaining("tokenizer.json is not a tokenizer");
    }

    @Test
    void refusesALoneSurrogate() {
        try (var tokenizer = TokenizerFolder.plain(folder).load()) {
            for (var text : List.of("a\ud83d", "\ude00b", "\ude00\ud83d")) {
                assertThatThrownBy(() -> tokenizer.encode(text)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }
}

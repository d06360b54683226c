package dev.tandem.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Added tokens of all files of a folder, against ids that transformers computed: {@code testdata/cases}. */
class AddedTokensTest {
    private static final Path CASES = Path.of("../testdata/cases");

    @TempDir
    Path temporary;

    @Test
    void whereverATextIsCutTheIdsAreThoseOfOnePass() {
        var expected = Golden.json(CASES.resolve("10/expected.json"));
        var text = expected.get("text").stringValue();
        try (var tokenizer = TextTokenizer.load(CASES.resolve("10/model"))) {
            assertThat(tokenizer.withBos(tokenizer.encode(text))).isEqualTo(Golden.ints(expected.get("ids")));
            for (var end : List.of("\n<user>", "\n<assistant>", "Blue", "Red", "</s>")) {
                for (var at = text.indexOf(end); at > 0; at = text.indexOf(end, at + 1)) {
                    var first = tokenizer.encode(text.substring(0, at));
                    assertThat(joined(first, tokenizer.encodeFollowing(first, text.substring(at))))
                            .as("%s at %d", end, at)
                            .isEqualTo(tokenizer.encode(text));
                }
            }
            assertThat(tokenizer.encodeFollowing(new int[0], text)).isEqualTo(tokenizer.encode(text));
            assertThat(tokenizer.encodeFollowing(new int[] {2}, "")).isEmpty();
        }
    }

    @Test
    void tokensThatOnlyTheConfigHasAreFound() throws Exception {
        var ids = Golden.ints(Golden.json(CASES.resolve("11/expected.json")).get("ids"));
        var text = "<|im_start|>user\nName a colour.<|im_end|>\n<|im_start|>assistant\nBlue.<|im_end|>";
        try (var tokenizer = TextTokenizer.load(CASES.resolve("11/model"))) {
            assertThat(tokenizer.encode(text)).isEqualTo(ids);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(tokenizer.isSpecial(401)).isTrue();
            assertThat(tokenizer.vocabSize()).isEqualTo(402);
        }
        // the older file for the same
        var config = copy("11");
        config.remove("added_tokens_decoder");
        write("tokenizer_config.json", config.toString());
        write("added_tokens.json", "{\"<|im_end|>\": 401, \"<|im_start|>\": 400}");
        write("special_tokens_map.json", "{\"additional_special_tokens\": [\"<|im_start|>\", \"<|im_end|>\"]}");
        try (var tokenizer = TextTokenizer.load(temporary)) {
            assertThat(tokenizer.encode(text)).isEqualTo(ids);
            assertThat(tokenizer.isSpecial(400)).isTrue();
        }
        // tokens that are only listed follow the vocabulary, as in transformers
        Files.delete(temporary.resolve("added_tokens.json"));
        try (var tokenizer = TextTokenizer.load(temporary)) {
            assertThat(tokenizer.encode(text)).isEqualTo(ids);
        }
    }

    @Test
    void aTokenHasOneId() throws Exception {
        assertRefused(
                CASES.resolve("12/model"), "tokenizer.json: the token '<|im_start|>' has the id 404", "gives it 400");
        assertRefused(
                CASES.resolve("13/model"),
                "tokenizer.json: the tokens '<|im_start|>' and '<|im_end|>' have the same id 400");
        var config = copy("11");
        var decoder = (ObjectNode) config.get("added_tokens_decoder");
        decoder.set("405", decoder.remove("401"));
        write("tokenizer_config.json", config.toString());
        assertRefused(temporary, "tokenizer_config.json: the token '<|im_end|>' has the id 405", "gives it 401");
        decoder.remove("405");
        decoder.putObject("398").put("content", "<|im_end|>").put("special", true);
        write("tokenizer_config.json", config.toString());
        assertRefused(temporary, "tokenizer_config.json: the tokens '", "' and '<|im_end|>' have the same id 398");
    }

    private ObjectNode copy(String name) throws IOException {
        var model = CASES.resolve(name).resolve("model");
        Files.copy(model.resolve("tokenizer.json"), temporary.resolve("tokenizer.json"));
        return (ObjectNode) Golden.json(model.resolve("tokenizer_config.json"));
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(temporary.resolve(name), json);
    }

    private static void assertRefused(Path folder, String... parts) {
        assertThatThrownBy(() -> TextTokenizer.load(folder).close())
                .isInstanceOf(UserException.class)
                .hasMessageContainingAll(parts);
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }
}

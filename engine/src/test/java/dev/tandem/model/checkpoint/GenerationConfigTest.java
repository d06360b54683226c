package dev.tandem.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerationConfigTest {
    private static final Path COMMON = Path.of("..", "testdata", "cases", "common");
    private static final String FILE = "generation_config.json";

    @TempDir
    Path folder;

    private JsonNode written() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(folder.resolve("out").resolve(FILE)));
    }

    private Path base() throws IOException {
        var base = Files.createDirectories(folder.resolve("base"));
        for (var name : new String[] {"config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(COMMON.resolve("base").resolve(name), base.resolve(name));
        }
        return base;
    }

    @Test
    void namesTheEndOfATurn() throws IOException {
        ModelWriter.copyTokenizer(base(), folder.resolve("out"));
        assertThat(written()).isEqualTo(JsonMapper.shared().readTree("{\"eos_token_id\": [397, 399]}"));
    }

    @Test
    void keepsWhatTheModelSays() throws IOException {
        var base = base();
        Files.writeString(base.resolve(FILE), "{\"temperature\": 0.6, \"eos_token_id\": 397, \"pad_token_id\": 397}");
        ModelWriter.copyTokenizer(base, folder.resolve("out"));
        assertThat(written())
                .isEqualTo(JsonMapper.shared()
                        .readTree("{\"temperature\": 0.6, \"eos_token_id\": [397, 399], \"pad_token_id\": 397}"));
    }

    @Test
    void isNotNeededWhereTheFilesNameAllEnds() throws IOException {
        ModelWriter.copyTokenizer(COMMON.resolve("chatml"), folder.resolve("out"));
        assertThat(folder.resolve("out").resolve(FILE)).doesNotExist();
        var base = base();
        Files.writeString(base.resolve(FILE), "{\"eos_token_id\": [399, 397]}");
        ModelWriter.copyTokenizer(base, folder.resolve("out"));
        assertThat(folder.resolve("out").resolve(FILE)).hasContent("{\"eos_token_id\": [399, 397]}");
    }
}

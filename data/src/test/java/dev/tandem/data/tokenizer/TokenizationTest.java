package dev.tandem.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.format.TokenizationCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenizationTest {
    private static final int ROWS = 400;
    private static final int MANY_ROWS = 4_000;

    @TempDir
    Path folder;

    enum Kind {
        PLAIN(TokenizerFolder::plain),
        WITH_BOS(TokenizerFolder::withBos),
        WITH_LEADING_SPACE(TokenizerFolder::withLeadingSpace),
        BOS_BY_SETTING(path ->
                TokenizerFolder.plain(path).edit("tokenizer_config.json", json -> json.put("add_bos_token", true))),
        PAD_IS_EOS(path -> TokenizerFolder.withBos(path)
                .edit("tokenizer_config.json", json -> json.put("pad_token", TokenizerFolder.EOS))),
        LLAMA_BYTES(path -> new TokenizerFolder(Path.of("..", "testdata", "tokenizers", "llama-bytes")));

        private final Function<Path, TokenizerFolder> files;

        Kind(Function<Path, TokenizerFolder> files) {
            this.files = files;
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersAreTrainedWhollyAndNothingElse(Kind kind) {
        try (var tokenizer = kind.files.apply(folder).load()) {
            assertThat(new TokenizationCheck(tokenizer, 5).run(ROWS)).isGreaterThan(10L * ROWS);
        }
    }

    /** Real tokenizers are large: {@code -Dtandem.tokenizers=FOLDER} names a folder of folders with tokenizer.json. */
    @Test
    @EnabledIfSystemProperty(named = "tandem.tokenizers", matches = ".+")
    void answersAreTrainedWhollyByRealTokenizers(TestReporter reporter) throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(System.getProperty("tandem.tokenizers")))) {
            var found = folders.filter(f -> Files.exists(f.resolve("tokenizer.json")))
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            for (var each : found) {
                try (var tokenizer = TextTokenizer.load(each)) {
                    var tokens = new TokenizationCheck(tokenizer, 6).run(MANY_ROWS);
                    reporter.publishEntry(each.getFileName().toString(), MANY_ROWS + " rows, " + tokens + " tokens");
                }
            }
        }
    }
}

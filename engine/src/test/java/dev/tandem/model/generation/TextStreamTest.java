package dev.tandem.model.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.data.bpe.BpeTrainer;
import dev.tandem.data.bpe.TokenizerFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A byte-level tokenizer, whose tokens often are parts of a character. */
class TextStreamTest {
    private static final List<String> PIECES = List.of(
            "the hill",
            " over",
            " ",
            "\n",
            "é",
            "e\u0301",
            "读书",
            "🤗",
            "👨\u200d👩\u200d👧",
            "User:",
            "###",
            "12",
            ".");

    @TempDir
    static Path folder;

    private static TextTokenizer tokenizer;

    @BeforeAll
    static void train() {
        var model = BpeTrainer.train(
                List.of("the hill over the hill, over and over 读", "User: hello ### there"),
                300,
                List.of("<s>", "</s>"));
        TokenizerFiles.write(
                model,
                new TokenizerFiles.Roles(
                        Optional.of("<s>"), Optional.of("</s>"), Optional.empty(), Optional.empty(), 512),
                folder);
        tokenizer = TextTokenizer.load(folder);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static String text(SplittableRandom random) {
        var text = new StringBuilder();
        for (var n = 1 + random.nextInt(14); n > 0; n--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    @Test
    void piecesAreWholeCharactersAndMakeTheWholeText() {
        var random = new SplittableRandom(1);
        for (var round = 0; round < 500; round++) {
            var text = text(random);
            var stream = new TextStream(tokenizer, List.of());
            var given = new StringBuilder();
            for (var id : tokenizer.encode(text)) {
                var piece = stream.add(id);
                assertThat(piece).doesNotContain("\uFFFD");
                given.append(piece);
                assertThat(text).startsWith(given.toString());
                // no surrogate pair is torn
                assertThat(given.isEmpty() || !Character.isHighSurrogate(given.charAt(given.length() - 1)))
                        .isTrue();
            }
            given.append(stream.end());
            assertThat(given).hasToString(text);
        }
    }

    @Test
    void endsBeforeTheFirstStopTextAndNeverShowsItsBeginning() {
        var random = new SplittableRandom(2);
        var stops = List.of("\nUser:", "###", "读书🤗");
        for (var round = 0; round < 500; round++) {
            var text = text(random);
            var end = stops.stream()
                    .mapToInt(text::indexOf)
                    .filter(i -> i >= 0)
                    .min()
                    .orElse(text.length());
            var stream = new TextStream(tokenizer, stops);
            var given = new StringBuilder();
            for (var id : tokenizer.encode(text)) {
                given.append(stream.add(id));
                assertThat(text.substring(0, end)).startsWith(given.toString());
            }
            assertThat(stream.stopped()).isEqualTo(end < text.length());
            given.append(stream.end());
            assertThat(given).hasToString(text.substring(0, end));
        }
    }

    @Test
    void bytesThatAreNoCharacterAreGivenOutAtTheEnd() {
        var ids = tokenizer.encode("a🤗");
        var stream = new TextStream(tokenizer, List.of());
        var given = new StringBuilder();
        for (var i = 0; i < ids.length - 1; i++) {
            given.append(stream.add(ids[i]));
        }
        assertThat(given).hasToString("a");
        assertThat(stream.end()).contains("\uFFFD");
    }
}

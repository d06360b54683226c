package dev.tandem.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"plain/path.yaml", "two words", "it's", "$HOME", "a;b", "method={name: mix}", "", "ä*?", "\\"})
    @DisabledOnOs(OS.WINDOWS)
    void aShellReadsItAsItWas(String text) throws IOException {
        var process = new ProcessBuilder("sh", "-c", "printf %s " + ShellWord.quoted(text)).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain/path.yaml", "train.steps=100"})
    void plainWordsStay(String text) {
        assertThat(ShellWord.quoted(text)).isEqualTo(text);
    }
}

package dev.tandem.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @ParameterizedTest
    @ValueSource(
            strings = {"plain/path.yaml", "two words", "it's", "$HOME", "a;b", "method={name: mix}", "", "ä*?", "\\"})
    @DisabledOnOs(OS.WINDOWS)
    void aShellReadsItAsItWas(String text) throws IOException {
        var process = processes.start(new ProcessBuilder("sh", "-c", "printf %s " + ShellWord.quoted(text)));
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain/path.yaml", "train.steps=100"})
    void plainWordsStay(String text) {
        assertThat(ShellWord.quoted(text)).isEqualTo(text);
    }
}

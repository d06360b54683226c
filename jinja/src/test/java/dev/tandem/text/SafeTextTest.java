package dev.tandem.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SafeTextTest {
    @Test
    void escapesWhatATerminalInterprets() {
        assertThat(SafeText.line("a\u001b[2J\u202eb\ud83dc\u2028d\te\n"))
                .isEqualTo("a\\u001b[2J\\u202eb\\ud83dc\\u2028d\\u0009e\\u000a");
        assertThat(SafeText.lines("a\nb\r\n")).isEqualTo("a\nb\\u000d\n");
    }

    @Test
    void leavesOtherTextAsItIs() {
        var text = "Grüße, 漢字, 😀 «x» \\u0041";
        assertThat(SafeText.line(text)).isSameAs(text);
    }

    @Test
    void shortensByCodePoints() {
        assertThat(SafeText.line("😀😀😀", 3)).isEqualTo("😀😀😀");
        assertThat(SafeText.line("😀😀😀", 2)).isEqualTo("😀😀…");
        assertThat(SafeText.line("\u0007\u0007", 1)).isEqualTo("\\u0007…");
    }
}

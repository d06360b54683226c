package dev.tandem.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {
    @Test
    void escapesWhatATerminalInterprets() {
        assertThat(SafeText.line("a\u001b[2J\u202eb\ud83dc\u2028d\te\n"))
                .isEqualTo("a\\u001b[2J\\u202eb\\ud83dc\\u2028d\\u0009e\\u000a");
        assertThat(SafeText.lines("a\nb\r\n")).isEqualTo("a\nb\\u000d\n");
    }

    private static String point(int code) {
        return Character.toString(code);
    }

    @ParameterizedTest
    @CsvSource({
        "0x1b, \\u001b", // escape: colours, the cursor, the window's title
        "0x07, \\u0007",
        "0x0d, \\u000d", // overwrites the line
        "0x7f, \\u007f",
        "0x9b, \\u009b", // the same as escape and [
        "0x85, \\u0085", // ends a line for some
        "0x2028, \\u2028",
        "0x2029, \\u2029",
        "0x202e, \\u202e", // right to left from here on
        "0x2066, \\u2066",
        "0x200d, \\u200d",
        "0xfeff, \\ufeff",
        "0xd800, \\ud800", // half of a character
        "0xe0041, \\ue0041" // an invisible letter
    })
    void whatIsUnsafeIsEscaped(String code, String escaped) {
        assertThat(SafeText.line("a" + point(Integer.decode(code)) + "b")).isEqualTo("a" + escaped + "b");
        assertThat(SafeText.lines("a" + point(Integer.decode(code)) + "b")).isEqualTo("a" + escaped + "b");
    }

    @Test
    void textStaysReadable() {
        for (var text : new String[] {"", "plain", "äöü ß", "漢字", "😀 𝒳", "\u00a0\u2003", "\\u001b", "שלום"}) {
            assertThat(SafeText.line(text)).isSameAs(text);
        }
        assertThat(SafeText.lines("two\nlines\t")).isEqualTo("two\nlines\\u0009");
        assertThat(SafeText.line("two\nlines")).isEqualTo("two\\u000alines");
    }

    @Test
    void shortensByCodePoints() {
        assertThat(SafeText.line("😀😀😀", 3)).isEqualTo("😀😀😀");
        assertThat(SafeText.line("😀😀😀", 2)).isEqualTo("😀😀…");
        assertThat(SafeText.line("\u0007\u0007", 1)).isEqualTo("\\u0007…");
    }

    /** Nothing unsafe is left, and escaping again changes nothing. */
    @Test
    void anyTextBecomesSafe() {
        var random = new Random(1);
        for (var i = 0; i < 2_000; i++) {
            var units = new char[random.nextInt(20)];
            for (var u = 0; u < units.length; u++) {
                units[u] = (char) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(1 << 16));
            }
            var safe = SafeText.line(new String(units));
            assertThat(safe.codePoints().mapToObj(Character::getType))
                    .doesNotContain(
                            (int) Character.CONTROL,
                            (int) Character.FORMAT,
                            (int) Character.SURROGATE,
                            (int) Character.LINE_SEPARATOR,
                            (int) Character.PARAGRAPH_SEPARATOR);
            assertThat(SafeText.line(safe)).isEqualTo(safe);
        }
    }
}

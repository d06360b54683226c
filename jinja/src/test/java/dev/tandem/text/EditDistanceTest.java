package dev.tandem.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EditDistanceTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "'', abc, 3",
        "kitten, sitting, 3",
        "optimzer, optimizer, 1",
        "objectvies, objectives, 1", // a swap
        "ca, abc, 3", // no letter is edited twice: not 2
        "same, same, 0"
    })
    void isTheNumberOfEdits(String a, String b, int distance) {
        assertThat(EditDistance.of(a, b, 10)).isEqualTo(distance);
        assertThat(EditDistance.of(b, a, 10)).isEqualTo(distance);
    }

    /** Compares with the definition, computed by recursion. */
    @Test
    void agreesWithTheDefinition() {
        var random = new Random(3);
        for (var i = 0; i < 2_000; i++) {
            var a = word(random);
            var b = word(random);
            var limit = random.nextInt(6);
            assertThat(EditDistance.of(a, b, limit))
                    .as("%s and %s", a, b)
                    .isEqualTo(Math.min(distance(a, b), limit + 1));
        }
    }

    private static String word(Random random) {
        var word = new StringBuilder();
        for (var length = random.nextInt(6); length > 0; length--) {
            word.append((char) ('a' + random.nextInt(3)));
        }
        return word.toString();
    }

    private static int distance(String a, String b) {
        if (a.isEmpty() || b.isEmpty()) {
            return a.length() + b.length();
        }
        var shorterA = a.substring(1);
        var shorterB = b.substring(1);
        var changed = distance(shorterA, shorterB) + (a.charAt(0) == b.charAt(0) ? 0 : 1);
        var result = Math.min(changed, 1 + Math.min(distance(shorterA, b), distance(a, shorterB)));
        var swapped = a.length() > 1 && b.length() > 1 && a.charAt(0) == b.charAt(1) && a.charAt(1) == b.charAt(0);
        return swapped ? Math.min(result, 1 + distance(a.substring(2), b.substring(2))) : result;
    }

    @Test
    void wordsOfVeryDifferentLengthsCostNothing() {
        assertThat(EditDistance.of("x".repeat(5_000_000), "steps", 2)).isEqualTo(3);
    }
}

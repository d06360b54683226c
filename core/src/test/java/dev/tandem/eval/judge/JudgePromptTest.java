package dev.tandem.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.UserException;
import dev.tandem.http.Proxies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt of a judge, and how its words are read. */
class JudgePromptTest {
    @TempDir
    Path folder;

    private JudgePrompt prompt(String text) throws IOException {
        return JudgePrompt.read(Files.writeString(folder.resolve("prompt.txt"), text));
    }

    @Test
    void placesAreFilledOnceWithWhateverIsSaid() throws IOException {
        var prompt = prompt("Q {instruction} 1 {output_1} 2 {output_2} {not a place} {\n}\n");
        assertThat(prompt.fill("{output_1}", "$1 \\ {output_2}", "{instruction}"))
                .containsExactly(
                        new ChatMessage("user", "Q {output_1} 1 $1 \\ {output_2} 2 {instruction} {not a place} {\n}"));
        var standard = JudgePrompt.standard().fill("why?", "one", "two");
        assertThat(standard.get(0).role()).isEqualTo("system");
        assertThat(standard.get(1).content())
                .contains("<instruction>\nwhy?\n</instruction>", "of m:\n<answer>\none\n", "of M:\n<answer>\ntwo\n");
    }

    @Test
    void alpacaEvalsFilesHaveTurnsAndMtBenchsNamesArePlaces() throws IOException {
        var prompt = prompt("<|im_start|>system\nBe fair.\n<|im_end|>\n<|im_start|>user\n{question}\n[{answer_a}]"
                + " [{answer_b}]\n<|im_end|>\n");
        assertThat(prompt.fill("q", "a", "b"))
                .containsExactly(new ChatMessage("system", "Be fair."), new ChatMessage("user", "q\n[a] [b]"));
    }

    @Test
    void otherPlacesAreRefused() {
        assertThatThrownBy(() -> prompt("{instruction} {output_1} {output_3}"))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "the places in the prompt are {instruction}, {output_1}, {output_3}; {instruction},")
                .hasMessageContaining("{output_2} were expected");
        assertThatThrownBy(() -> prompt("which is better?")).hasMessageContaining("the places in the prompt are none");
    }

    @Test
    void aVerdictIsAWordAlone() {
        var words = VerdictWords.STANDARD;
        assertThat(List.of("m", " m\n", "\"m\"", "**m**.", "`m`"))
                .allSatisfy(text -> assertThat(words.read(text)).isEqualTo(OptionalDouble.of(1)));
        assertThat(words.read("M.")).isEqualTo(OptionalDouble.of(0));
        assertThat(List.of("", "m M", "model m", "mm", "m or M", "Mm", "The better is M", "m\nBecause it is right"))
                .allSatisfy(text -> assertThat(words.read(text)).isEmpty());
    }

    @Test
    void bracketedVerdictsStandAnywhereButOnlyOne() {
        var words = VerdictWords.of("[[A]], [[B]], [[C]]");
        assertThat(words.read("Both are fine, but [[B]]\n")).isEqualTo(OptionalDouble.of(0));
        assertThat(words.read("[[C]] … so [[C]]")).isEqualTo(OptionalDouble.of(0.5));
        assertThat(words.read("[[A]] or [[B]]")).isEmpty();
        assertThat(words.read("A")).isEmpty();
        assertThat(words.said()).isEqualTo("[[A]], [[B]] or [[C]]");
        assertThatThrownBy(() -> VerdictWords.of("A,A")).hasMessageContaining("two different words");
        assertThatThrownBy(() -> VerdictWords.of("A")).isInstanceOf(UserException.class);
    }

    @Test
    void probabilitiesOfBothWordsAreWeighed() {
        var weighed = VerdictWords.STANDARD
                .read(Map.of("m", Math.log(0.5), " m", Math.log(0.1), "M", Math.log(0.2), "The", Math.log(0.2)))
                .orElseThrow();
        assertThat(weighed.preference()).isEqualTo(0.75, within(1e-12));
        assertThat(weighed.mass()).isEqualTo(0.8, within(1e-12));
        assertThat(VerdictWords.STANDARD.read(Map.of("m", -1.0)).orElseThrow().preference())
                .isEqualTo(1);
        assertThat(VerdictWords.STANDARD.read(Map.of("I", -0.1))).isEmpty();
    }

    @Test
    void keysTravelSafelyAndAreNotShown() {
        var proxies = Proxies.of(Map.of());
        var key = Optional.of("sk-secret");
        var endpoint = ChatEndpoint.of("https://host.example/v1/chat/completions/", key, proxies);
        assertThat(endpoint.completions()).hasToString("https://host.example/v1/chat/completions");
        assertThat(endpoint.toString()).isEqualTo("ChatEndpoint[https://host.example/v1]");
        assertThat(ChatEndpoint.of("http://localhost:8000/v1/", key, proxies).base())
                .hasToString("http://localhost:8000/v1");
        assertThatThrownBy(() -> ChatEndpoint.of("http://host.example/v1", key, proxies))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("would be sent unencrypted")
                .hasMessageNotContaining("sk-secret");
        assertThat(ChatEndpoint.of("http://host.example/v1", Optional.empty(), proxies)
                        .key())
                .isEmpty();
        assertThatThrownBy(() -> ChatEndpoint.of("https://a.b", Optional.of("sk secret\n"), proxies))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("Copy it again")
                .hasMessageNotContaining("secret");
        for (var wrong :
                List.of("host/v1", "ftp://a/v1", "https://sk-secret@a/v1", "https://a/v1?key=sk-secret", "\\")) {
            assertThatThrownBy(() -> ChatEndpoint.of(wrong, Optional.empty(), proxies))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("The judge's address cannot be used")
                    .hasMessageNotContaining("secret");
        }
    }
}

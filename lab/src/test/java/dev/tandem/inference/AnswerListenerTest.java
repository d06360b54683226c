package dev.tandem.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.TextModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerListenerTest {
    @TempDir
    Path folder;

    @Test
    void leavesOutTheSpacesThatThePromptEndedWith() {
        try (var model = TinyTextModel.open(folder)) {
            assertThat(answer(model, " the hill", 1)).isEqualTo("the hill");
            assertThat(answer(model, "   the hill", 2)).isEqualTo(" the hill");
            assertThat(answer(model, "the  hill", 3)).isEqualTo("the  hill");
            assertThat(answer(model, " the hill", 0)).isEqualTo(" the hill");
            assertThat(answer(model, "  ", 5)).isEmpty();
        }
        assertThat(AnswerListener.spacesAtEnd("Assistant:  ")).isEqualTo(2);
        assertThat(AnswerListener.spacesAtEnd("  ")).isEqualTo(2);
        assertThat(AnswerListener.spacesAtEnd("")).isZero();
    }

    private static String answer(TextModel model, String text, int spaces) {
        var pieces = new StringBuilder();
        var answers = new ArrayList<Answer>();
        var listener =
                new AnswerListener(model.tokenizer(), List.of(), spaces, pieces::append, () -> false, answers::add);
        for (var id : model.tokenizer().encode(text)) {
            listener.onToken(id);
        }
        listener.onEnd(GenerationTask.End.END_TOKEN);
        assertThat(answers).hasSize(1);
        assertThat(pieces).hasToString(answers.get(0).text());
        return answers.get(0).text();
    }
}

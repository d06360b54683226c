package dev.tandem.eval.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionRowTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // MMLU, by index and by letter
                "{'question': 'q', 'choices': ['w', 'right'], 'answer': 1, 'subject': 's'} | s",
                "{'question': 'q', 'choices': ['w', 'right'], 'answer': 'b'} | ``",
                "{'question': 'q', 'choices': ['w', 'right'], 'answer': '1'} | ``",
                // ARC: labels are letters, or digits that do not count from 0
                "{'id': 'q1', 'question': 'q', 'choices': {'text': ['w', 'right', 'x'], 'label': ['A', 'B', 'C']}, 'answerKey': 'B'} | ``",
                "{'question': 'q', 'choices': {'text': ['right', 'w'], 'label': ['1', '2']}, 'answerKey': '1'} | ``",
                "{'question_stem': 'q', 'choices': {'label': ['A', 'B'], 'text': ['w', 'right']}, 'answerKey': 'B'} | ``",
                // MMLU-Pro
                "{'question': 'q', 'options': ['w', 'right'], 'answer': 'B', 'answer_index': 1, 'category': 'c'} | c",
                "{'question': 'q', 'options': ['w', 'right'], 'answer_index': 1} | ``",
                // MedQA: the answer as text beside its letter
                "{'question': 'q', 'options': {'A': 'w', 'B': 'right'}, 'answer_idx': 'B'} | ``"
            })
    void publicSets(String json, String subject) {
        var question = read(json);
        assertThat(question.text()).isEqualTo("q");
        assertThat(question.choices().get(question.answer())).isEqualTo("right");
        assertThat(question.subject()).isEqualTo(subject);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'question': 'q', 'choices': 'a, b', 'answer': 1} | this is not a question with choices",
                "{'question': 'q', 'answer': 1} | the columns are [question, answer]",
                "{'question': 'q', 'choices': ['a'], 'answer': 0} | choices: 1, but 2 to 26 are needed",
                "{'question': 'q', 'choices': ['a', 2], 'answer': 0} | a choice is 2",
                "{'question': 'q', 'choices': ['a', 'b'], 'answer': 2} | letter from A to B",
                "{'question': 'q', 'choices': ['a', 'b']} | the answer is missing",
                "{'question': 'q', 'choices': {'text': ['a', 'b'], 'label': ['1', '2']}, 'answerKey': '0'} | a label: 1, 2",
                "{'question': 'q', 'choices': {'text': ['a', 'b'], 'label': ['1']}, 'answerKey': '1'} | 2 texts and 1 labels",
                "{'question': 'q', 'options': ['a', 'b'], 'answer': 'A', 'answer_index': 1} | its columns disagree"
            })
    void others(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("rows.jsonl:3: ")
                .hasMessageContaining(message);
    }

    private static Question read(String json) {
        return new QuestionRow(Row.parse("rows.jsonl:3", json.replace((char) 39, '"'))).read();
    }
}

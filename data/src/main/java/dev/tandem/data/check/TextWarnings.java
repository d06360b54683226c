package dev.tandem.data.check;

import dev.tandem.data.format.RowTexts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds suspicious properties of the texts of a row. */
final class TextWarnings {
    /** Marks of the most common chat templates. */
    private static final List<String> MARKS = List.of(
            "<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|eot_id|>", "[INST]", "<start_of_turn>", "<|user|>");
    /** Shorter prompts are repeated by chance: "Yes or no?" */
    private static final int MIN_PROMPT = 20;
    /** Minimum length of a special token's text: a token may be as short as "s". */
    private static final int MIN_TOKEN = 3;

    private final List<String> around = new ArrayList<>();
    private final List<String> special;

    /**
     * @param template the template around prompts
     * @param specialTexts texts of the tokenizer's special tokens
     */
    TextWarnings(Optional<String> template, Collection<String> specialTexts) {
        template.ifPresent(
                text -> Stream.of(text.split("\\{\\}", 2)).map(String::strip).forEach(around::add));
        special = Stream.concat(MARKS.stream(), specialTexts.stream())
                .filter(text -> text.length() >= MIN_TOKEN)
                .distinct()
                .toList();
    }

    Set<TextWarning> of(RowTexts row) {
        var found = EnumSet.noneOf(TextWarning.class);
        var prompt = row.prompt().strip();
        if (templateDoubled(prompt, row.answers())) {
            found.add(TextWarning.TEMPLATE_DOUBLED);
        }
        if (special.stream().anyMatch(mark -> prompt.contains(mark) || answersContain(row.answers(), mark))) {
            found.add(TextWarning.SPECIAL_TOKEN);
        }
        if (prompt.length() >= MIN_PROMPT
                && row.answers().stream().anyMatch(answer -> answer.strip().startsWith(prompt))) {
            found.add(TextWarning.PROMPT_IN_ANSWER);
        }
        return found;
    }

    private boolean templateDoubled(String prompt, List<String> answers) {
        if (around.size() < 2) {
            return false;
        }
        var before = around.get(0);
        var after = around.get(1);
        return !before.isEmpty() && prompt.startsWith(before)
                || !after.isEmpty()
                        && (prompt.endsWith(after)
                                || answers.stream()
                                        .anyMatch(answer -> answer.strip().startsWith(after)));
    }

    /**
     * Whether an answer contains a mark before its end: at the end it does no harm, because the answer ends with one
     * anyway.
     */
    private static boolean answersContain(List<String> answers, String mark) {
        return answers.stream().map(String::strip).anyMatch(answer -> {
            var place = answer.indexOf(mark);
            return place >= 0 && place + mark.length() < answer.length();
        });
    }
}

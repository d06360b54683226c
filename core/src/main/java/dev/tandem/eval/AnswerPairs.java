package dev.tandem.eval;

import dev.tandem.UserException;
import dev.tandem.data.rows.RowFiles;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two files of answers to the same prompts, in either layout that {@code tandem generate} writes, matched by prompt. A
 * prompt that occurs several times in both files is matched in order.
 *
 * @param pairs in the order of the first file
 * @param onlyFirst rows of the first file whose prompt the second lacks
 * @param onlySecond rows of the second file whose prompt the first lacks, in its order
 */
public record AnswerPairs(List<Pair> pairs, List<AnsweredPrompt> onlyFirst, List<AnsweredPrompt> onlySecond) {
    /** Maximum number of rows that a message names. */
    private static final int NAMED = 5;

    public AnswerPairs {
        pairs = List.copyOf(pairs);
        onlyFirst = List.copyOf(onlyFirst);
        onlySecond = List.copyOf(onlySecond);
    }

    /** Two answers to one prompt. */
    public record Pair(AnsweredPrompt first, AnsweredPrompt second) {
        /** The prompt of both answers. */
        public String prompt() {
            return first.prompt();
        }
    }

    /**
     * Reads and matches two files.
     *
     * @param columns the files' names for {@code instruction}, {@code input}, {@code prompt}, {@code messages} and
     *     {@code output}, if they differ
     * @throws UserException if a file is unreadable, a row has no prompt or no answer, or nothing matches
     */
    public static AnswerPairs read(Path first, Path second, Map<String, String> columns) {
        var answers = answers(first, columns);
        var unmatched = answers(second, columns);
        var byPrompt = new HashMap<String, Deque<AnsweredPrompt>>();
        unmatched.forEach(answer -> byPrompt.computeIfAbsent(answer.prompt(), p -> new ArrayDeque<>())
                .add(answer));
        var pairs = new ArrayList<Pair>();
        var onlyFirst = new ArrayList<AnsweredPrompt>();
        for (var answer : answers) {
            var matching = byPrompt.getOrDefault(answer.prompt(), new ArrayDeque<>());
            if (matching.isEmpty()) {
                onlyFirst.add(answer);
            } else {
                pairs.add(new Pair(answer, matching.remove()));
            }
        }
        if (pairs.isEmpty()) {
            throw new UserException(first + " and " + second + " have no prompt in common. The first answers "
                    + shortened(answers.get(0)) + ", the second " + shortened(unmatched.get(0))
                    + ". Answers to the same prompts are needed.");
        }
        var onlySecond = unmatched.stream()
                .filter(answer -> byPrompt.getOrDefault(answer.prompt(), new ArrayDeque<>()).stream()
                        .anyMatch(left -> left == answer))
                .toList();
        return new AnswerPairs(pairs, onlyFirst, onlySecond);
    }

    /**
     * Checks, before any prompt is answered, that a file has answers to prompts.
     *
     * @param columns as for {@link #read}
     * @return number of prompts that it has no answer to
     * @throws UserException if a file is unreadable, a row has no prompt or no answer, or no prompt is answered
     */
    public static long unanswered(Path prompts, Path answers, Map<String, String> columns) {
        var answered = new HashSet<String>();
        answers(answers, columns).forEach(answer -> answered.add(answer.prompt()));
        var asked = new ArrayList<String>();
        RowFiles.read(prompts, row -> asked.add(AnsweredPrompt.prompt(row, columns)));
        var missing =
                asked.stream().filter(prompt -> !answered.contains(prompt)).count();
        if (missing == asked.size()) {
            throw new UserException(answers + " has no answer to any of the " + asked.size() + " prompts of " + prompts
                    + ". Answers to the same prompts are needed.");
        }
        return missing;
    }

    private static List<AnsweredPrompt> answers(Path file, Map<String, String> columns) {
        var result = new ArrayList<AnsweredPrompt>();
        RowFiles.read(file, row -> result.add(AnsweredPrompt.of(row, columns)));
        return result;
    }

    /** Describes rows that do not match, in one sentence for each file that has such rows; empty if all match. */
    public List<String> unmatched() {
        var result = new ArrayList<String>();
        unmatched(result, onlyFirst, "--against");
        unmatched(result, onlySecond, "--answers");
        return result;
    }

    private static void unmatched(List<String> to, List<AnsweredPrompt> rows, String other) {
        if (!rows.isEmpty()) {
            var named = rows.stream()
                    .limit(NAMED)
                    .map(answer -> answer.row().where() + " " + shortened(answer))
                    .toList();
            to.add(String.format(
                    Locale.ROOT,
                    "%,d rows are left out, since their prompt has no answer (left) in %s: %s%s",
                    rows.size(),
                    other,
                    String.join("; ", named),
                    rows.size() > NAMED ? "; …" : ""));
        }
    }

    private static String shortened(AnsweredPrompt answer) {
        var prompt = answer.prompt().strip().replaceAll("\\s+", " ");
        return "'" + (prompt.length() > 60 ? prompt.substring(0, 60) + "…" : prompt) + "'";
    }
}

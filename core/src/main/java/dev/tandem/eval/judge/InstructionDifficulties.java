package dev.tandem.eval.judge;

import dev.tandem.UserException;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.eval.AnswerPairs;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Difficulties of instructions for models in general: γ of the length-controlled win rate, fitted elsewhere. */
public final class InstructionDifficulties implements Function<AnswerPairs.Pair, Optional<Double>> {
    private static final String COLUMN = "instruction_difficulty";

    private final Path file;
    private final Map<String, Double> byPrompt;

    private InstructionDifficulties(Path file, Map<String, Double> byPrompt) {
        this.file = file;
        this.byPrompt = byPrompt;
    }

    /**
     * Reads a file of {@code instruction} (or {@code prompt}) and {@code instruction_difficulty}.
     *
     * @throws UserException if a row lacks one of them
     */
    public static InstructionDifficulties read(Path file) {
        var byPrompt = new HashMap<String, Double>();
        RowFiles.read(file, row -> {
            byPrompt.put(prompt(row), difficulty(row));
            return true;
        });
        return new InstructionDifficulties(file, byPrompt);
    }

    private static String prompt(Row row) {
        var values = row.values();
        var prompt = values.path("instruction").asString(values.path("prompt").asString(""));
        if (prompt.isEmpty()) {
            throw new UserException(row.where() + ": there is no text 'instruction' or 'prompt'; the columns are "
                    + values.propertyNames() + ".");
        }
        return prompt;
    }

    private static double difficulty(Row row) {
        var value = row.values().path(COLUMN).asString("");
        try {
            var number = Double.parseDouble(value);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UserException(row.where() + ": '" + COLUMN + "' is '" + value + "', a number was expected.", e);
        }
        throw new UserException(row.where() + ": '" + COLUMN + "' is " + value + ", a number was expected.");
    }

    /**
     * The difficulty of a pair.
     *
     * @throws UserException if the file has none: the rate would have another meaning
     */
    @Override
    public Optional<Double> apply(AnswerPairs.Pair pair) {
        var difficulty = Optional.ofNullable(byPrompt.get(pair.prompt()));
        if (difficulty.isEmpty()) {
            throw new UserException(file + " has no difficulty for the prompt of "
                    + pair.first().row().where() + ". Every prompt needs one; omit the file to do without.");
        }
        return difficulty;
    }
}

package dev.tandem.data.rows;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** Explains errors of the JSON parser in the user's terms, and what to do about them. */
final class JsonProblems {
    private JsonProblems() {}

    static String explain(JacksonException problem) {
        var message = String.valueOf(problem.getOriginalMessage());
        if (problem instanceof UnexpectedEndOfInputException) {
            return "the JSON ends in the middle of a value: it was cut off, or a string or bracket is not closed."
                    + " Complete or remove it.";
        }
        if (problem instanceof StreamConstraintsException) {
            return "a number, string or nesting exceeds the limits (numbers: " + RowLimits.DIGITS
                    + " digits, nesting: " + RowLimits.DEPTH + "). Remove the value.";
        }
        if (message.contains("NaN") || message.contains("Infinity") || message.contains("'INF")) {
            return "NaN and Infinity are not JSON. Write null or a number instead (Python: json.dumps(…,"
                    + " allow_nan=False) finds them).";
        }
        if (message.contains("'None'") || message.contains("'True'") || message.contains("'False'")) {
            return "None, True and False are Python, not JSON. Write the row with json.dumps.";
        }
        if (message.contains("character (''' (code 39))")) {
            return "strings in JSON are in double quotes. Was the row written as a Python dict? Use json.dumps.";
        }
        if (message.contains("character ('}' (code 125))") || message.contains("character (']' (code 93))")) {
            return "a value or key was expected before this bracket: is there a comma too many? Remove it.";
        }
        if (message.contains("code 65279")) {
            return "there is a byte order mark inside the file: were several files joined? Remove it.";
        }
        if (message.contains("CTRL-CHAR") && message.contains("code 0)")) {
            return "there are zero bytes where text was expected: the file is damaged (a full disk, an interrupted"
                    + " download). Write or fetch it again.";
        }
        if (message.contains("comment")) {
            return "JSON has no comments. Remove it.";
        }
        if (message.contains("CTRL-CHAR")) {
            return "a control character (a tab or line end?) is not escaped, which JSON does not allow. Write it"
                    + " as \\t, \\n or \\uXXXX.";
        }
        return "this is not valid JSON: " + Printable.of(message) + ". Correct or remove it.";
    }
}

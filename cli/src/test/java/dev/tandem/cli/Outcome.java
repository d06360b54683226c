package dev.tandem.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * The outcome of a command.
 *
 * @param code exit code
 * @param out what it printed
 * @param err its error output
 */
public record Outcome(int code, String out, String err) {

    /** Runs a command in this process, as the launcher does in a process of its own. */
    public static Outcome of(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}

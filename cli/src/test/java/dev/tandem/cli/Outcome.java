package dev.tandem.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * What a command came to.
 *
 * @param code exit code
 * @param out what it printed
 * @param err what it complained of
 */
record Outcome(int code, String out, String err) {

    /** Does a command in this process, as the launcher does it in its own. */
    static Outcome of(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }
}

package dev.tandem.cli.chat;

import dev.tandem.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.TerminalBuilder;

/** The user's input: lines with editing and history at a terminal, plain lines otherwise. */
interface ChatLines extends AutoCloseable {
    /** The next line; absent at the end of input. An interrupted line is an empty one. */
    Optional<String> next(String prompt);

    @Override
    void close();

    /** The input of this process, with line editing if it has a terminal. */
    static ChatLines open() {
        return System.console() == null ? plain() : edited();
    }

    private static ChatLines plain() {
        var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return new ChatLines() {
            @Override
            public Optional<String> next(String prompt) {
                try {
                    return Optional.ofNullable(input.readLine());
                } catch (IOException e) {
                    throw new UserException("Cannot read standard input: " + e.getMessage(), e);
                }
            }

            @Override
            public void close() {
                // standard input is not ours to close
            }
        };
    }

    private static ChatLines edited() {
        try {
            var terminal = TerminalBuilder.builder().system(true).build();
            var reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            return new ChatLines() {
                @Override
                public Optional<String> next(String prompt) {
                    try {
                        return Optional.of(reader.readLine(prompt));
                    } catch (UserInterruptException e) {
                        return Optional.of("");
                    } catch (EndOfFileException e) {
                        return Optional.empty();
                    }
                }

                @Override
                public void close() {
                    try {
                        terminal.close();
                    } catch (IOException e) {
                        throw new UserException("Cannot leave the terminal: " + e.getMessage(), e);
                    }
                }
            };
        } catch (IOException e) {
            throw new UserException("Cannot use the terminal: " + e.getMessage(), e);
        }
    }
}

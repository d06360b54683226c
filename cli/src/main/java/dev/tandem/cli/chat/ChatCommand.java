package dev.tandem.cli.chat;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.ModelOptions;
import dev.tandem.cli.options.PromptOptions;
import dev.tandem.cli.options.SamplingOptions;
import dev.tandem.inference.ChatSession;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.model.generation.TextModel;
import dev.tandem.text.SafeText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sun.misc.Signal;

/** {@code tandem chat}: a conversation at the terminal. */
@Command(
        name = "chat",
        description = "Talks with a model at the terminal. Ctrl-C ends an answer, Ctrl-D the conversation.")
public final class ChatCommand implements Callable<Integer> {
    private static final String HELP = """
        /reset            forget what was said
        /system TEXT      put TEXT before all turns as system message, and start over
        /adapter DIR      continue with another adapter; /adapter alone: with the model itself
        /help             show this list
        /quit             leave\
        """;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions options = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "For a model without a chat template: {} stands for your message; \\n is a line end.")
    private @Nullable String template;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message that precedes all turns.")
    private @Nullable String system;

    @Override
    public Integer call() {
        PromptOptions.template(template); // a mistake is reported before the model is loaded
        options.fetch(new HubPaths(out(), common.quiet()));
        var settings = sampling.settings(1);
        try (var lines = ChatLines.open();
                var talk = new Talk(settings)) {
            talk.open(options.open());
            Optional.ofNullable(system).ifPresent(text -> talk.session().system(text));
            if (!common.quiet()) {
                out().println("Type a message. /help lists the commands.");
                out().flush();
            }
            for (var line = lines.next("> "); line.isPresent(); line = lines.next("> ")) {
                if (line.get().strip().equals("/quit")) {
                    break;
                }
                talk.line(line.get().strip());
            }
        }
        return 0;
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    /** The model and the conversation with it. */
    private final class Talk implements AutoCloseable {
        private final GenerationSettings settings;
        private @Nullable TextModel model;
        private @Nullable ChatSession session;

        Talk(GenerationSettings settings) {
            this.settings = settings;
        }

        /** Takes ownership of a model and starts a new conversation. */
        void open(TextModel newModel) {
            close();
            model = newModel;
            session = new ChatSession(newModel, settings, PromptOptions.template(template));
        }

        ChatSession session() {
            return Objects.requireNonNull(session);
        }

        void line(String line) {
            try {
                if (line.startsWith("/")) {
                    command(line);
                } else if (!line.isEmpty()) {
                    say(line);
                }
            } catch (UserException e) {
                // a mistake ends a line, not the conversation
                out().println("Error: " + SafeText.lines(String.valueOf(e.getMessage())));
            }
            out().flush();
        }

        private void command(String line) {
            var space = line.indexOf(' ');
            var argument = space < 0 ? "" : line.substring(space + 1).strip();
            switch (space < 0 ? line : line.substring(0, space)) {
                case "/reset" -> session().reset();
                case "/system" -> session().system(argument);
                case "/adapter" ->
                    open(options.open(argument.isEmpty() ? Optional.empty() : Optional.of(Path.of(argument))));
                case "/help" -> out().println(HELP);
                default -> throw new UserException(line + " is not a command. /help lists them.");
            }
        }

        private void say(String line) {
            var cancelled = new AtomicBoolean();
            var before = Signal.handle(new Signal("INT"), signal -> cancelled.set(true));
            try {
                session()
                        .say(
                                line,
                                piece -> {
                                    out().print(SafeText.lines(piece));
                                    out().flush();
                                },
                                cancelled::get);
                out().println();
            } finally {
                Signal.handle(new Signal("INT"), before);
            }
        }

        @Override
        public void close() {
            Optional.ofNullable(session).ifPresent(ChatSession::close);
            Optional.ofNullable(model).ifPresent(TextModel::close);
        }
    }
}

package dev.tandem.cli.eval;

import dev.tandem.cli.console.ConsoleLines;
import dev.tandem.cli.console.ConsoleTable;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.ModelOptions;
import dev.tandem.eval.choice.MultipleChoice;
import dev.tandem.eval.choice.MultipleChoiceResult;
import dev.tandem.eval.choice.Question;
import dev.tandem.eval.choice.QuestionFiles;
import dev.tandem.eval.choice.QuestionPrompt;
import dev.tandem.io.AtomicFiles;
import dev.tandem.text.SafeText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem eval multiple-choice}: accuracy on questions with choices, such as MMLU's. */
@Command(name = "multiple-choice", description = "Accuracy on questions with choices: MMLU and the like.")
final class EvalChoiceCommand implements Callable<Integer> {
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;
    private static final int USUAL_SHOTS = 5;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "FILE|DIR", description = "Questions; see docs/eval.md.")
    private Path data = Path.of("");

    @Option(names = "--dev", paramLabel = "FILE|DIR", description = "Questions to show with their answers.")
    private @Nullable Path dev;

    @Option(
            names = "--shots",
            paramLabel = "N",
            description = "How many of them to show before each question (default: 5 with --dev, else 0).")
    private @Nullable Integer shots;

    @Option(
            names = "--score",
            defaultValue = "letter",
            paramLabel = "letter|text",
            description = "By the letter or by the text of a choice (default: ${DEFAULT-VALUE}).")
    private QuestionPrompt prompt = QuestionPrompt.LETTER;

    @Option(names = "--out", paramLabel = "FILE.json", description = "Where to write the result.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        var commandLine = Objects.requireNonNull(spec).commandLine();
        model.fetch(new HubPaths(commandLine.getOut(), common.quiet()));
        var questions = QuestionFiles.read(data, "test");
        var examples = dev == null ? List.<Question>of() : QuestionFiles.read(dev, "dev");
        var number = Optional.ofNullable(shots).orElse(dev == null ? 0 : USUAL_SHOTS);
        try (var opened = model.open();
                var console = new ConsoleLines(commandLine.getOut(), common.quiet(), NANOS_BETWEEN_LINES)) {
            var asking = new MultipleChoice(opened, prompt, examples, number);
            asking.shortages(questions).forEach(console::line);
            var result = asking.run(questions, done -> tell(console, done, questions.size()), () -> false);
            Optional.ofNullable(out)
                    .ifPresent(file -> AtomicFiles.write(
                            file,
                            JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(result.json())
                                    + "\n"));
            print(result, commandLine.getOut());
        }
        return 0;
    }

    private static void tell(ConsoleLines console, long done, int all) {
        if (console.due()) {
            console.line(String.format(Locale.ROOT, "%,d of %,d questions", done, all));
        }
    }

    private void print(MultipleChoiceResult result, PrintWriter to) {
        var rows = new ArrayList<List<String>>();
        var text = prompt == QuestionPrompt.TEXT;
        rows.add(
                text
                        ? List.of("subject", "questions", "accuracy", "95 % interval", "per token", "95 % interval")
                        : List.of("subject", "questions", "accuracy", "95 % interval"));
        if (result.subjects().size() > 1) {
            result.subjects().forEach((subject, a) -> rows.add(row(subject.isEmpty() ? "(none)" : subject, a, text)));
        }
        rows.add(row("all", result.all(), text));
        ConsoleTable.lines(rows).forEach(line -> to.println(SafeText.lines(line)));
        if (result.subjects().size() > 1) {
            to.printf(Locale.ROOT, "mean of the subjects: %.1f %%%n", 100 * result.macro());
        }
        if (result.shotsDropped() > 0) {
            to.printf(
                    Locale.ROOT,
                    "%,d shots did not fit before their question and were not shown.%n",
                    result.shotsDropped());
        }
        if (result.leftOut() > 0) {
            to.printf(Locale.ROOT, "%,d questions are too long for the model and were left out.%n", result.leftOut());
        }
        to.flush();
    }

    private static List<String> row(String name, MultipleChoiceResult.Accuracy accuracy, boolean text) {
        var row = new ArrayList<>(List.of(name, String.format(Locale.ROOT, "%,d", accuracy.questions())));
        row.addAll(ConsoleTable.percentCells(accuracy.bySum()));
        if (text) {
            row.addAll(ConsoleTable.percentCells(accuracy.perToken()));
        }
        return row;
    }
}

package dev.tandem.cli.eval;

import dev.tandem.cli.console.ConsoleLines;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.process.StopSignal;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.judge.InstructionDifficulties;
import dev.tandem.eval.judge.Judge;
import dev.tandem.eval.judge.JudgeResult;
import dev.tandem.eval.judge.client.Prices;
import dev.tandem.io.AtomicFiles;
import dev.tandem.text.SafeText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code tandem eval judge}: win rate of answers, by a model over the network. */
@Command(
        name = "judge",
        description = "Win rate of two files of answers, by a judge over OpenAI's API. After a stop, the same command"
                + " continues where it was.")
final class EvalJudgeCommand implements Callable<Integer> {
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;
    private static final int INCOMPLETE = 3;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private JudgeOptions judge = new JudgeOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--answers", required = true, paramLabel = "FILE", description = "Answers that may win.")
    private Path answers = Path.of("");

    @Option(names = "--against", required = true, paramLabel = "FILE", description = "Answers to the same prompts.")
    private Path against = Path.of("");

    @Option(
            names = "--column",
            paramLabel = "NAME=COLUMN",
            description = "The files' name of prompt, instruction, input, messages or output. Repeatable.")
    private Map<String, String> columns = new LinkedHashMap<>();

    @Option(
            names = "--instruction-difficulty",
            paramLabel = "FILE",
            description = "Instructions and instruction_difficulty, for the length-controlled win rate.")
    private @Nullable Path difficulties;

    @Option(
            names = "--cache",
            defaultValue = "judge-cache.jsonl",
            paramLabel = "FILE.jsonl",
            description = "Where replies are kept, so that no request is sent twice (default: ${DEFAULT-VALUE}).")
    private Path cache = Path.of("judge-cache.jsonl");

    @Option(names = "--out", paramLabel = "FILE.json", description = "Where to write the result.")
    private @Nullable Path out;

    @Option(names = "--verdicts", paramLabel = "FILE.jsonl", description = "Where to write each pair's verdicts.")
    private @Nullable Path verdicts;

    @Override
    public Integer call() {
        return StopSignal.during(Objects.requireNonNull(spec).commandLine(), this::judge);
    }

    private int judge(StopSignal signal) {
        var settings = judge.settings();
        var endpoint = judge.endpoint(System.getenv());
        var pairs = AnswerPairs.read(answers, against, columns);
        Function<AnswerPairs.Pair, Optional<Double>> difficulty =
                difficulties == null ? pair -> Optional.empty() : InstructionDifficulties.read(difficulties);
        var to = Objects.requireNonNull(spec).commandLine().getOut();
        try (var console = new ConsoleLines(to, common.quiet(), NANOS_BETWEEN_LINES)) {
            pairs.unmatched().forEach(console::line);
            var result = new Judge(endpoint, settings, cache, new Shown(console))
                    .run(pairs.pairs(), difficulty, signal::requested);
            console.closeBar();
            write(pairs, result);
            JudgeText.lines(result).forEach(line -> to.println(SafeText.lines(line)));
            to.flush();
            return result.left() == 0 ? 0 : INCOMPLETE;
        }
    }

    /** Shows the progress. */
    private record Shown(ConsoleLines console) implements Judge.Listener {
        @Override
        public void message(String text) {
            console.line(text);
        }

        @Override
        public void progress(int done, int pairs, double dollars) {
            var cost = dollars > 0 ? Prices.dollars(dollars) : "";
            if (console.terminal()) {
                console.bar("Judging pairs", done, pairs, cost, true);
            } else if (console.due()) {
                var comma = cost.isEmpty() ? "" : ", ";
                console.line(String.format(Locale.ROOT, "%,d of %,d pairs%s%s", done, pairs, comma, cost));
            }
        }
    }

    private void write(AnswerPairs pairs, JudgeResult result) {
        Optional.ofNullable(out).ifPresent(file -> {
            var json = new LinkedHashMap<String, Object>();
            json.put("answers", answers.toString());
            json.put("against", against.toString());
            json.put("unmatched_answers", pairs.onlyFirst().size());
            json.put("unmatched_against", pairs.onlySecond().size());
            json.putAll(result.json());
            AtomicFiles.write(
                    file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        });
        Optional.ofNullable(verdicts)
                .ifPresent(file -> AtomicFiles.write(file, writer -> {
                    for (var pair : result.judged()) {
                        writer.print(JsonMapper.shared().writeValueAsString(pair.json()) + "\n");
                    }
                }));
    }
}

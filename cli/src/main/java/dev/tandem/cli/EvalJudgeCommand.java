package dev.tandem.cli;

import dev.tandem.AtomicFiles;
import dev.tandem.eval.AnswerPairs;
import dev.tandem.eval.Interval;
import dev.tandem.eval.judge.InstructionDifficulties;
import dev.tandem.eval.judge.Judge;
import dev.tandem.eval.judge.JudgeListener;
import dev.tandem.eval.judge.JudgeResult;
import dev.tandem.eval.judge.JudgedPair;
import dev.tandem.eval.judge.Prices;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        description =
                "Win rate of two files of answers, by a judge over OpenAI's API. Stopped, the same command goes on"
                        + " where it was.")
final class EvalJudgeCommand implements Callable<Integer> {
    private static final long NANOS_BETWEEN_LINES = 5_000_000_000L;
    private static final int INCOMPLETE = 3;
    private static final int NAMED = 5;

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
            description = "Where replies are kept, so that nothing is asked twice (default: ${DEFAULT-VALUE}).")
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
            print(result, to);
            return result.left() == 0 ? 0 : INCOMPLETE;
        }
    }

    /** What is going on. */
    private record Shown(ConsoleLines console) implements JudgeListener {
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

    private static void print(JudgeResult result, PrintWriter to) {
        var wins = result.wins();
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("of " + wins.pairs() + " pairs", "", "95 % interval"));
        rows.add(row("win rate", wins.rate()));
        result.lengthControlled().ifPresent(l -> rows.add(row("win rate at equal lengths", l.rate())));
        ConsoleTable.lines(rows).forEach(line -> to.println(Printable.of(line)));
        to.printf(
                Locale.ROOT,
                "%,d wins, %,d losses, %,d ties (%,d of the same answers)%n",
                wins.wins(),
                wins.losses(),
                wins.ties(),
                wins.same());
        to.printf(
                Locale.ROOT,
                "shown first %.1f %%, shown second %.1f %%; %,d pairs inconsistent (%.1f %%); the first position wins %.1f"
                        + " %%%n",
                100 * wins.shownFirst(),
                100 * wins.shownSecond(),
                wins.inconsistent(),
                100 * wins.inconsistentShare(),
                100 * wins.firstPosition());
        to.printf(
                Locale.ROOT,
                "mean length %,.0f characters, against %,.0f%n",
                wins.meanLength(),
                wins.meanLengthAgainst());
        printShortcomings(result, to);
        var cost = result.cost();
        to.printf(
                Locale.ROOT,
                "%,d requests in this run, %,d tokens in, %,d out%s%n",
                cost.requests(),
                cost.tokens().in(),
                cost.tokens().out(),
                cost.dollars().map(d -> ", " + Prices.dollars(d)).orElse(""));
        if (result.left() > 0) {
            to.printf(
                    Locale.ROOT,
                    "Stopped at --max-cost: %,d of %,d pairs are not judged. The same command goes on with them.%n",
                    result.left(),
                    result.pairs());
        }
        to.flush();
    }

    private static void printShortcomings(JudgeResult result, PrintWriter to) {
        var unreadable = result.unreadable();
        if (!unreadable.isEmpty()) {
            to.println(Printable.of(String.format(
                    Locale.ROOT,
                    "%,d pairs are left out, since the judge gave no verdict that can be read: %s%s",
                    unreadable.size(),
                    String.join(
                            "; ",
                            unreadable.stream()
                                    .limit(NAMED)
                                    .map(EvalJudgeCommand::where)
                                    .toList()),
                    unreadable.size() > NAMED ? "; …" : "")));
        }
        if (result.withoutProbabilities() > 0) {
            to.printf(
                    Locale.ROOT,
                    "%,d verdicts came without probabilities and were read from the word said.%n",
                    result.withoutProbabilities());
        }
    }

    private static String where(JudgedPair pair) {
        return pair.pair().first().row().where();
    }

    private static List<String> row(String name, Interval interval) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(EvalChoiceCommand.cells(interval));
        return row;
    }
}

package dev.tandem.cli.eval;

import dev.tandem.UserException;
import dev.tandem.cli.options.CommonOptions;
import dev.tandem.cli.options.HubPaths;
import dev.tandem.cli.options.ModelOptions;
import dev.tandem.cli.options.RowFormatConverter;
import dev.tandem.cli.options.RowOptions;
import dev.tandem.data.format.RowFormat;
import dev.tandem.eval.answer.AnswerPairs;
import dev.tandem.eval.answer.AnswerScoring;
import dev.tandem.eval.answer.AnswerScoring.By;
import dev.tandem.eval.answer.WinRate;
import dev.tandem.io.AtomicFiles;
import dev.tandem.text.SafeText;
import dev.tandem.train.folder.TrainedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
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

/** {@code tandem eval reward}: which of two answers models find better. */
@Command(name = "reward", description = "Win rate of two files of answers by a model's implicit reward or log-probs.")
final class EvalRewardCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private RowOptions rows = new RowOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--answers", required = true, paramLabel = "FILE", description = "What tandem generate wrote.")
    private Path answers = Path.of("");

    @Option(names = "--against", required = true, paramLabel = "FILE", description = "Answers to the same prompts.")
    private Path against = Path.of("");

    @Option(
            names = "--by",
            defaultValue = "reward",
            paramLabel = "reward|log-prob|log-prob-per-token",
            description = "What makes an answer good (default: ${DEFAULT-VALUE}).")
    private String by = "reward";

    @Option(
            names = "--reference-model",
            paramLabel = "DIR",
            description = "Reference of the reward (default: --model without its --adapter).")
    private @Nullable Path referenceModel;

    @Option(names = "--reference-adapter", paramLabel = "DIR", description = "Adapter over the reference's model.")
    private @Nullable Path referenceAdapter;

    @Option(names = "--beta", defaultValue = "0.1", description = "Scale of rewards (default: ${DEFAULT-VALUE}).")
    private double beta = 0.1;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            converter = RowFormatConverter.class,
            description = "alpaca, sft or conversation (default: as the columns say).")
    private @Nullable RowFormat format;

    @Option(names = "--out", paramLabel = "FILE.json", description = "Where to write the result.")
    private @Nullable Path out;

    @Option(names = "--examples", paramLabel = "FILE.jsonl", description = "Where to write a line for every pair.")
    private @Nullable Path examples;

    @Override
    public Integer call() {
        var paths = new HubPaths(out(), common.quiet());
        model.fetch(paths);
        var scoring = scoring(paths);
        var reading = new AnswerScoring.Reading(
                Optional.ofNullable(format), rows.template(), rows.columns(), rows.maxLength(), rows.overlong());
        var pairs = AnswerPairs.read(answers, against, rows.columns());
        pairs.unmatched().forEach(this::say);
        var result = scoring.compare(pairs, reading, this::say);
        Optional.ofNullable(out).ifPresent(file -> AtomicFiles.write(file, json(scoring, result)));
        Optional.ofNullable(examples)
                .ifPresent(file -> AtomicFiles.write(
                        file, writer -> result.pairs().forEach(pair -> writer.println(WinRateText.line(pair)))));
        WinRateText.table(result, answers.toString(), against.toString(), scoring.by())
                .forEach(line -> out().println(SafeText.lines(line)));
        out().flush();
        return 0;
    }

    private AnswerScoring scoring(HubPaths paths) {
        var measure = by();
        var reference = Optional.<TrainedModel>empty();
        if (referenceModel != null || referenceAdapter != null) {
            reference = Optional.of(new TrainedModel(
                    referenceModel == null ? model.model() : paths.local(referenceModel),
                    Optional.ofNullable(referenceAdapter).map(paths::local)));
        } else if (measure == By.REWARD && model.adapter().isPresent()) {
            reference = Optional.of(new TrainedModel(model.model(), Optional.empty()));
        }
        return new AnswerScoring(
                measure,
                new TrainedModel(model.model(), model.adapter()),
                reference,
                beta,
                model.device(),
                model.precision());
    }

    private By by() {
        return switch (by) {
            case "reward" -> By.REWARD;
            case "log-prob" -> By.LOG_PROB;
            case "log-prob-per-token" -> By.LOG_PROB_PER_TOKEN;
            default ->
                throw new UserException("--by is '" + by + "'; reward, log-prob or log-prob-per-token was expected.");
        };
    }

    private String json(AnswerScoring scoring, WinRate result) {
        var json = result.json();
        json.put("by", scoring.by().name().toLowerCase(Locale.ROOT));
        json.put("answers", answers.toString());
        json.put("against", against.toString());
        json.put("model", model.name());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private void say(String message) {
        if (!common.quiet()) {
            out().println(SafeText.lines(message));
            out().flush();
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}

package dev.tandem.data.load;

import dev.tandem.UserException;
import dev.tandem.concurrent.ParallelTasks;
import dev.tandem.data.DataSource;
import dev.tandem.data.cache.TokenizationContext;
import dev.tandem.data.encoding.RowTokens;
import dev.tandem.data.example.Example;
import dev.tandem.data.example.RowShape;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.format.RowFormats;
import dev.tandem.data.source.RowOrigin;
import dev.tandem.data.source.RowStream;
import dev.tandem.data.source.SourceReader.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads, encodes, splits and limits the files of one objective. */
record ObjectiveLoader(
        String name, DataRecipe recipe, TokenizationContext encoding, long seed, Consumer<String> messages) {

    ObjectiveData load() {
        var shares = new SourceShares(recipe);
        var weights = shares.weights();
        var files = files(shares);
        var trainingFiles = files.subList(0, recipe.sources().size());
        var evaluationFiles = files.subList(recipe.sources().size(), files.size());
        var training = new ArrayList<List<RowTokens>>();
        var evaluation = new ArrayList<HeldOut>();
        for (var i = 0; i < trainingFiles.size(); i++) {
            var kept = trainingFiles.get(i).kept();
            var held = evaluationFiles.isEmpty()
                    ? new HeldOutRows(recipe, seed).of(kept.size(), i)
                    : new TreeSet<Integer>();
            var source = recipe.sources().get(i);
            held.forEach(row -> evaluation.add(new HeldOut(kept.get(row), new RowOrigin(source, row))));
            training.add(without(kept, held));
        }
        for (var i = 0; i < evaluationFiles.size(); i++) {
            var kept = evaluationFiles.get(i).kept();
            for (var row = 0; row < kept.size(); row++) {
                evaluation.add(new HeldOut(
                        kept.get(row), new RowOrigin(recipe.evalSources().get(i), row)));
            }
        }
        return assembled(trainingFiles, evaluationFiles, limited(training, shares), evaluation, weights);
    }

    /** A row to evaluate on. */
    private record HeldOut(RowTokens row, RowOrigin origin) {}

    /** Training files, then evaluation files, read at the same time. */
    private List<Source> files(SourceShares shares) {
        var work = new ArrayList<Supplier<Read>>();
        for (var i = 0; i < recipe.sources().size(); i++) {
            var limit = shares.mostKept(i);
            var source = recipe.sources().get(i);
            work.add(() -> read(source, limit));
        }
        for (var source : recipe.evalSources()) {
            work.add(() -> read(source, shares.mostKeptForEvaluation()));
        }
        var read = ParallelTasks.all("data of " + name, work);
        read.forEach(file -> file.messages().forEach(messages));
        return read.stream().map(Read::source).toList();
    }

    /** A file and its messages, which are passed on after those of the files before it. */
    private record Read(Source source, List<String> messages) {}

    private Read read(DataSource source, int limit) {
        var messages = new ArrayList<String>();
        var result = encoding.read(source, recipe, limit, messages::add);
        var unread =
                RowFormats.unread(recipe.format(), recipe.shape(), RowStream.columns(source.path()), source.columns());
        if (!unread.isEmpty()) {
            messages.add(name + ": columns of " + source.path() + " that format "
                    + recipe.format().name() + " does not use: " + String.join(", ", unread));
        }
        return new Read(result, messages);
    }

    private static List<RowTokens> without(List<RowTokens> rows, TreeSet<Integer> held) {
        var result = new ArrayList<RowTokens>();
        for (var i = 0; i < rows.size(); i++) {
            if (!held.contains(i)) {
                result.add(rows.get(i));
            }
        }
        return result;
    }

    /** Concatenated sources become one; the training limit is applied. */
    private List<List<RowTokens>> limited(List<List<RowTokens>> training, SourceShares shares) {
        var result = new ArrayList<List<RowTokens>>();
        if (shares.weights().length == 1) {
            result.add(training.stream().flatMap(List::stream).toList());
        } else {
            result.addAll(training);
        }
        if (recipe.maxSamples().isPresent()) {
            for (var i = 0; i < result.size(); i++) {
                var most = (int) Math.max(1, Math.round(shares.limit(i)));
                var all = result.get(i);
                result.set(i, all.subList(0, Math.min(most, all.size())));
            }
        }
        return result;
    }

    private ObjectiveData assembled(
            List<Source> trainingFiles,
            List<Source> evaluationFiles,
            List<List<RowTokens>> training,
            List<HeldOut> evaluation,
            double[] weights) {
        var files = Stream.concat(trainingFiles.stream(), evaluationFiles.stream())
                .map(f -> new DataReport.FileReport(f.path(), f.rows(), f.kept().size(), f.dropped(), f.notes()))
                .toList();
        var sources = new ArrayList<List<Example>>();
        var index = 0;
        for (var rows : training) {
            var examples = examples(rows, index);
            index += examples.size();
            sources.add(examples);
        }
        var most = Math.min(evaluation.size(), recipe.maxEvalSamples().orElse(Integer.MAX_VALUE));
        var evaluated = evaluation.subList(0, most);
        var evaluationSet = examples(evaluated.stream().map(HeldOut::row).toList(), index);
        var report = report(files, sources, evaluationSet);
        if (sources.stream().anyMatch(List::isEmpty)) {
            throw new UserException("Objective '" + name + "' has nothing to train on.\n" + report.text());
        }
        HeldOutRows.warning(name, recipe, evaluationSet.size()).ifPresent(messages);
        TrainEvalOverlap.warning(name, recipe, sources, evaluationSet).ifPresent(messages);
        return new ObjectiveData(
                completed(sources),
                recipe.shape() == RowShape.LABELLED
                        ? mismatched().complete(evaluationSet, sources.get(0))
                        : evaluationSet,
                evaluated.stream().map(HeldOut::origin).toList(),
                weights,
                recipe.batching(),
                recipe.shuffle(),
                seed,
                report);
    }

    /** Training examples with all their sequences. */
    private List<List<Example>> completed(List<List<Example>> sources) {
        var all = sources.stream().flatMap(List::stream).toList();
        return recipe.shape() == RowShape.LABELLED
                ? sources.stream()
                        .map(examples -> mismatched().complete(examples, all))
                        .toList()
                : sources;
    }

    private MismatchedResponses mismatched() {
        return new MismatchedResponses(name, recipe, seed ^ 0x6A09E667F3BCC908L);
    }

    private static List<Example> examples(List<RowTokens> rows, int firstIndex) {
        var result = new ArrayList<Example>();
        for (var row : rows) {
            result.add(new Example(firstIndex + result.size(), row.sequences(), row.label()));
        }
        return result;
    }

    private DataReport report(
            List<DataReport.FileReport> files, List<List<Example>> sources, List<Example> evaluation) {
        var training = sources.stream().flatMap(List::stream).toList();
        return new DataReport(
                name,
                files,
                training.size(),
                evaluation.size(),
                training.stream().mapToLong(Example::tokens).sum(),
                training.stream().mapToLong(Example::trainedTokens).sum(),
                Stream.concat(training.stream(), evaluation.stream())
                        .mapToInt(Example::longest)
                        .max()
                        .orElse(0));
    }
}

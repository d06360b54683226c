package dev.tandem.eval.score;

import dev.tandem.data.DataSource;
import dev.tandem.data.encoding.EncodedRow;
import dev.tandem.data.example.Example;
import dev.tandem.data.format.AnswerEncoder;
import dev.tandem.data.format.DataRecipe;
import dev.tandem.data.rows.Row;
import dev.tandem.data.source.RowStream;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.machine.NativeSetup;
import dev.tandem.tensor.parallel.ReplicaThreads;
import dev.tandem.train.policy.DTypes;
import dev.tandem.train.policy.PolicyFactory;
import dev.tandem.train.policy.SequenceScorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Log-probs of a file's responses under a model, with or without an adapter. */
public final class Scoring implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 256;

    private final Path directory;
    private final CausalLm model;
    private final ReplicaThreads threads;

    /**
     * Loads a model.
     *
     * @param directory Hugging Face model directory
     * @param adapter PEFT adapter directory over it
     * @param device {@code auto}, {@code cpu} or {@code cuda[:n]}
     * @param precision of weights and activations
     * @throws dev.tandem.UserException if one of them is unusable
     */
    public Scoring(Path directory, Optional<Path> adapter, String device, Precision precision) {
        NativeSetup.ensure();
        this.directory = directory;
        var target = Devices.of(device);
        this.threads = PolicyFactory.replicaThreads(target, OptionalInt.empty());
        try {
            this.model = ModelLoader.load(
                    directory, adapter, Computation.of(DTypes.of(precision).scalarType(), target));
        } catch (RuntimeException e) {
            threads.close();
            throw e;
        }
    }

    /**
     * Scores every row of a file, in order; a few hundred rows are in memory at a time.
     *
     * @param source the file
     * @param recipe format, template and lengths
     * @param rows receives every row
     * @throws dev.tandem.UserException if the file or a row of it is broken
     */
    public void score(DataSource source, DataRecipe recipe, Consumer<ScoredRow> rows) {
        var batch = new Batch(rows);
        if (recipe.format().isText()) {
            try (var tokenizer = TextTokenizer.load(directory)) {
                RowStream.read(
                        source, recipe, Optional.of(tokenizer), model.spec().vocabSize(), batch::add);
            }
        } else {
            RowStream.read(source, recipe, Optional.empty(), model.spec().vocabSize(), batch::add);
        }
        batch.flush();
    }

    /**
     * Scores answers, in order; an empty one by its end token.
     *
     * @param answers prompts and answers, in the columns of the format
     * @param recipe format, template and lengths; its data is not read
     * @param rows receives every answer
     * @throws dev.tandem.UserException if a row lacks what its format needs
     */
    public void scoreAnswers(List<Row> answers, DataRecipe recipe, Consumer<ScoredRow> rows) {
        var batch = new Batch(rows);
        try (var tokenizer = TextTokenizer.load(directory)) {
            var context = recipe.context(Optional.of(tokenizer), model.spec().vocabSize());
            var encoder = new AnswerEncoder(recipe.format(), context);
            answers.forEach(row -> batch.add(encoder.encode(row)));
        }
        batch.flush();
    }

    @Override
    public void close() {
        threads.close();
        model.close();
    }

    /** Rows waiting to be scored together. */
    private final class Batch {
        private final Consumer<ScoredRow> rows;
        private final List<Example> examples = new ArrayList<>();
        private final List<ScoredRow> finished = new ArrayList<>();
        private int index;

        Batch(Consumer<ScoredRow> rows) {
            this.rows = rows;
        }

        void add(EncodedRow row) {
            if (row instanceof EncodedRow.Kept kept) {
                examples.add(new Example(index, kept.sequences()));
            } else if (row instanceof EncodedRow.Dropped dropped) {
                finished.add(new ScoredRow.Dropped(index, dropped.reason()));
            }
            index++;
            if (examples.size() + finished.size() == ROWS_AT_ONCE) {
                flush();
            }
        }

        void flush() {
            var scores = new SequenceScorer(model, threads).score(examples, done -> {});
            for (var i = 0; i < scores.size(); i++) {
                finished.add(new ScoredRow.Scored(examples.get(i).index(), scores.get(i)));
            }
            finished.sort(java.util.Comparator.comparingInt(ScoredRow::index));
            finished.forEach(rows);
            finished.clear();
            examples.clear();
        }
    }
}

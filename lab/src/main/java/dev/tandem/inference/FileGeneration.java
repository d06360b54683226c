package dev.tandem.inference;

import dev.tandem.data.format.ConversationFormat;
import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.TextModel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers a file of prompts. */
public final class FileGeneration {
    private final TextModel model;
    private final GenerationSettings settings;
    private final Prompts prompts;
    private final String generator;

    /**
     * How prompts are read.
     *
     * @param format absent: as the columns of the first row say
     * @param template around the prompt
     * @param columns from the format's column names to the file's
     */
    public record Prompts(Optional<RowFormat> format, Optional<String> template, Map<String, String> columns) {
        public Prompts {
            columns = Map.copyOf(columns);
        }
    }

    /** Layouts of the file of answers. */
    public enum Layout {
        /** One line for each: the row with {@code output}, {@code end} and {@code tokens}. */
        JSONL,
        /** AlpacaEval's: one array of {@code instruction}, {@code output} and {@code generator}. */
        ALPACA_EVAL
    }

    /** Receives the progress: answers made, including those of an earlier run, and new tokens so far. */
    @FunctionalInterface
    public interface Progress {
        /** @param tokens made in this run */
        void on(long answers, long tokens);
    }

    /**
     * The result.
     *
     * @param answers in the file
     * @param earlier of these, made by an earlier run that was stopped
     * @param tokens new tokens of this run
     * @param seconds this run took
     */
    public record Summary(long answers, long earlier, long tokens, double seconds) {}

    /**
     * @param model must stay open
     * @param settings how texts are made
     * @param prompts how rows are read
     * @param generator the model's name in the answers
     */
    public FileGeneration(TextModel model, GenerationSettings settings, Prompts prompts, String generator) {
        this.model = model;
        this.settings = settings;
        this.prompts = prompts;
        this.generator = generator;
    }

    /**
     * Answers every row of a file.
     *
     * @param data rows with prompts
     * @param out must not exist; {@code <out>.partial} holds what is done until all answers exist
     * @param layout of the answers
     * @param progress is called after every answer
     * @param cancelled checked regularly; what is done then stays for the next run
     * @return what was done
     * @throws dev.tandem.UserException if a row has no prompt, or the file cannot be written
     * @throws CancellationException if it was cancelled
     */
    public Summary run(Path data, Path out, Layout layout, Progress progress, BooleanSupplier cancelled) {
        var start = System.nanoTime();
        try (var file = AnswerFile.open(out, maker(data, layout));
                var batch = new BatchGenerator(model.model(), settings.atOnce())) {
            var earlier = file.written();
            var work = new Work(file, batch, layout, progress, cancelled);
            RowFiles.read(data, work::row);
            work.complete();
            file.finish(layout);
            return new Summary(work.count, earlier, work.tokens, (System.nanoTime() - start) * 1e-9);
        }
    }

    /** The settings that answers depend on. */
    private ObjectNode maker(Path data, Layout layout) {
        var sampling = settings.sampling();
        var json = JsonMapper.shared().createObjectNode();
        json.put("generator", generator);
        json.put("data", data.toString());
        json.put("layout", layout.name().toLowerCase(Locale.ROOT));
        json.put("template", prompts.template().orElse(""));
        json.put("columns", new java.util.TreeMap<>(prompts.columns()).toString());
        json.put("max_new_tokens", settings.maxNewTokens());
        json.put("temperature", sampling.temperature());
        json.put("top_k", sampling.topK());
        json.put("top_p", sampling.topP());
        json.put("min_p", sampling.minP());
        json.put("repetition_penalty", sampling.repetitionPenalty());
        json.put("stop", settings.stops().toString());
        json.put("seed", settings.seed());
        return json;
    }

    /** One pass over the file. */
    private final class Work {
        private final AnswerFile file;
        private final BatchGenerator batch;
        private final Layout layout;
        private final Progress progress;
        private final BooleanSupplier cancelled;
        private final long skip;
        private Optional<RowFormat> format = Optional.empty();
        private Optional<PromptEncoder> encoder = Optional.empty();
        private long count;
        private long tokens;

        Work(AnswerFile file, BatchGenerator batch, Layout layout, Progress progress, BooleanSupplier cancelled) {
            this.file = file;
            this.batch = batch;
            this.layout = layout;
            this.progress = progress;
            this.cancelled = cancelled;
            this.skip = file.written();
        }

        boolean row(Row row) {
            var index = count++;
            if (index < skip) {
                return true;
            }
            var ids = encoder(row).encode(row);
            var listener = new AnswerListener(
                    model.tokenizer(),
                    settings.stops(),
                    continuesText(row) ? ids : new int[0],
                    spaces(row),
                    piece -> {},
                    () -> false,
                    answer -> {
                        tokens += answer.tokens();
                        file.put(index, line(row, answer));
                        progress.on(file.written(), tokens);
                    });
            batch.add(settings.continuation(model, index, ids, listener));
            while (batch.waiting() > 0) {
                step();
            }
            return true;
        }

        /** Whether an answer continues a text. An answer to messages is a turn of its own. */
        private boolean continuesText(Row row) {
            return !format(row).name().equals(new ConversationFormat().name());
        }

        private RowFormat format(Row row) {
            if (format.isEmpty()) {
                format = Optional.of(prompts.format().orElseGet(() -> PromptEncoder.format(row, prompts.columns())));
            }
            return format.get();
        }

        private int spaces(Row row) {
            var column = prompts.columns().getOrDefault("prompt", "prompt");
            return AnswerListener.spacesAtEnd(
                    prompts.template().orElse(row.values().path(column).asString("")));
        }

        private PromptEncoder encoder(Row row) {
            if (encoder.isEmpty()) {
                encoder = Optional.of(PromptEncoder.of(
                        format(row),
                        prompts.template(),
                        prompts.columns(),
                        model.tokenizer(),
                        model.model().spec().vocabSize()));
            }
            return encoder.get();
        }

        void complete() {
            while (batch.active() > 0 || batch.waiting() > 0) {
                step();
            }
        }

        private void step() {
            if (cancelled.getAsBoolean()) {
                throw new CancellationException();
            }
            batch.step();
        }

        private ObjectNode line(Row row, Answer answer) {
            if (layout == Layout.ALPACA_EVAL) {
                var json = JsonMapper.shared().createObjectNode();
                json.put("instruction", instruction(row));
                json.put("output", answer.text());
                json.put("generator", generator);
                return json;
            }
            var json = row.values().deepCopy();
            json.put("output", answer.text());
            json.put("end", answer.end().name().toLowerCase(Locale.ROOT));
            json.put("tokens", answer.tokens());
            json.put("generator", generator);
            return json;
        }

        private String instruction(Row row) {
            for (var column : new String[] {"instruction", "prompt"}) {
                var value = row.values().path(prompts.columns().getOrDefault(column, column));
                if (value.isString()) {
                    var input = row.values()
                            .path(prompts.columns().getOrDefault("input", "input"))
                            .asString("");
                    return column.equals("prompt") || input.isEmpty()
                            ? value.stringValue()
                            : value.stringValue() + "\n" + input;
                }
            }
            return row.values().path("messages").path(0).path("content").asString("");
        }
    }
}

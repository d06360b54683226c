package dev.tandem.experiment.benchmark;

import dev.tandem.data.format.PromptEncoder;
import dev.tandem.data.format.RowFormat;
import dev.tandem.data.rows.Row;
import dev.tandem.data.rows.RowFiles;
import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.inference.FileGeneration;
import dev.tandem.inference.GenerationSettings;
import dev.tandem.inference.TextModels;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.generation.Sampling;
import dev.tandem.recipe.BenchmarkRecipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;

/**
 * The models' answers to a benchmark's prompts, in files. They are made once, and resumed where they were stopped. The name
 * of a file contains the settings it was made with, so that answers of other settings are not mistaken for these.
 */
final class AnswersOnDisk {
    private final String benchmark;
    private final BenchmarkRecipe.WinRate recipe;
    private final ComparedModels models;

    AnswersOnDisk(String benchmark, BenchmarkRecipe.WinRate recipe, ComparedModels models) {
        this.benchmark = benchmark;
        this.recipe = recipe;
        this.models = models;
    }

    /** Checks that every prompt can be asked. @return the number of prompts */
    long check() {
        var count = new long[1];
        settings();
        var base = models.base().model().model();
        try (var tokenizer = TextTokenizer.load(base)) {
            var encoder = encoder(tokenizer, ModelFamilies.read(base).vocabSize());
            RowFiles.read(recipe.prompts(), row -> {
                encoder.encode(row);
                count[0]++;
                return true;
            });
        }
        return count[0];
    }

    private PromptEncoder encoder(TextTokenizer tokenizer, int vocabSize) {
        var format = format();
        return PromptEncoder.of(format, template(format), recipe.columns(), tokenizer, vocabSize);
    }

    /** The format that the recipe names, or the one that the columns of the first row indicate. */
    RowFormat format() {
        return recipe.format().orElseGet(() -> {
            var first = new ArrayList<Row>();
            RowFiles.read(recipe.prompts(), row -> {
                first.add(row);
                return false;
            });
            return PromptEncoder.format(first.get(0), recipe.columns());
        });
    }

    /** The template around prompts that are texts. */
    Optional<String> template(RowFormat format) {
        return recipe.template().filter(t -> format.takesTemplate());
    }

    /**
     * A model's answers. One model answers at a time, so that runs that end together do not make the reference's twice.
     *
     * @param progress receives the number of finished answers
     */
    synchronized Path of(Subject subject, LongConsumer progress, BooleanSupplier cancelled) {
        var file = file(subject);
        if (Files.exists(file)) {
            return file;
        }
        var format = format();
        var prompts = new FileGeneration.Prompts(Optional.of(format), template(format), recipe.columns());
        var model = subject.model();
        try (var opened = TextModels.open(model.model(), model.adapter(), models.device(), models.precision())) {
            new FileGeneration(opened, settings(), prompts, subject.name())
                    .run(
                            recipe.prompts(),
                            file,
                            FileGeneration.Layout.JSONL,
                            (answers, tokens) -> progress.accept(answers),
                            cancelled);
        }
        return file;
    }

    private Path file(Subject subject) {
        var checksum = new CRC32();
        checksum.update((recipe.prompts() + "\n" + recipe.format().map(RowFormat::cacheKey) + recipe.template()
                        + recipe.columns() + recipe.generation() + models.precision())
                .getBytes(StandardCharsets.UTF_8));
        return subject.folder()
                .resolve("answers")
                .resolve(String.format("%s-%08x.jsonl", benchmark, checksum.getValue()));
    }

    private GenerationSettings settings() {
        var made = recipe.generation();
        return new GenerationSettings(
                made.maxNewTokens(),
                new Sampling(made.temperature(), made.topK(), made.topP(), made.minP(), made.repetitionPenalty()),
                made.stop(),
                made.seed(),
                made.batchSize());
    }
}

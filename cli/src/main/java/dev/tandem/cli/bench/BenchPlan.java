package dev.tandem.cli.bench;

import dev.tandem.bench.BenchShape;
import dev.tandem.data.Batching;
import dev.tandem.data.example.RowShape;
import dev.tandem.model.lora.LoraConfig;
import dev.tandem.recipe.Recipe;
import dev.tandem.recipe.TrainRecipe.Precision;
import dev.tandem.train.policy.PolicyFactory;
import java.util.List;
import java.util.Optional;

/** The settings of a benchmark that a shape or a recipe gives, before options override them. */
record BenchPlan(
        BenchShape shape,
        Precision precision,
        int loraRank,
        List<String> loraTargets,
        boolean checkpointActivations,
        int sftBatch,
        int pairBatch,
        Optional<Integer> threads) {
    private static final int SFT_BATCH = 12;
    private static final int PAIR_BATCH = 4;
    private static final int RANK = 32;

    static BenchPlan of(BenchShape shape) {
        return new BenchPlan(
                shape, Precision.FP32, RANK, shape.attentionInputs(), false, SFT_BATCH, PAIR_BATCH, Optional.empty());
    }

    /**
     * Model, adapter rank, precision and batch sizes of a recipe. An objective it lacks, or whose batches have a budget of
     * tokens, has the default size.
     */
    static BenchPlan of(Recipe recipe) {
        var shape = BenchShape.of(recipe.model());
        var adapter = recipe.lora().map(PolicyFactory::adapterConfig);
        return new BenchPlan(
                shape,
                recipe.train().precision(),
                adapter.map(LoraConfig::rank).orElse(0),
                adapter.map(LoraConfig::targets).orElseGet(shape::attentionInputs),
                recipe.train().checkpointActivations(),
                batchSize(recipe, true, SFT_BATCH),
                batchSize(recipe, false, PAIR_BATCH),
                recipe.train().threads().stream().boxed().findFirst());
    }

    private static int batchSize(Recipe recipe, boolean sft, int otherwise) {
        return recipe.objectives().values().stream()
                .filter(o -> (o.shape() == RowShape.RESPONSE) == sft)
                .findFirst()
                .map(o -> o.data().batching())
                .map(batching -> batching instanceof Batching.Examples batch ? batch.size() : otherwise)
                .orElse(otherwise);
    }
}

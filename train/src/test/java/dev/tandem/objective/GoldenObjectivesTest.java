package dev.tandem.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tandem.objective.pair.Dpo;
import dev.tandem.objective.pair.Ipo;
import dev.tandem.objective.pair.PairLoss;
import dev.tandem.objective.pair.SimPo;
import dev.tandem.objective.response.Sft;
import dev.tandem.objective.unpaired.Kto;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Losses and rewards an independent float32 implementation computed, from its own log-probs. */
class GoldenObjectivesTest {
    private static final double BETA = 0.1;
    private static final Percentage TOLERANCE = Percentage.withPercentage(1e-3);
    private static final Percentage TIGHT = Percentage.withPercentage(1e-2);

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-neox",
                "gpt-neox-sequential",
                "llama",
                "llama-bias",
                "llama3-tied",
                "mistral",
                "qwen2",
                "qwen3"
            })
    @interface EveryFamily {}

    @EveryFamily
    void sft(String family) throws IOException {
        var golden = golden(family);
        var rows = new ArrayList<double[]>();
        golden.get("logps").forEach(row -> rows.add(doubles(row)));
        var policy = logProbs(rows);
        var sft = new Sft();
        var evaluated = sft.evaluate(ScoredBatch.of(policy, new double[0]), Batches.counts(policy, 1));
        assertThat(evaluated.loss()).isCloseTo(golden.get("sft_loss").asDouble(), TOLERANCE);
    }

    @EveryFamily
    void preferenceLosses(String family) throws IOException {
        var golden = golden(family);
        assertLoss(golden, "dpo_loss", new Dpo(BETA));
        assertLoss(golden, "ipo_loss", new Ipo(BETA));
        assertLoss(golden, "cdpo_0.1_loss", new Dpo(BETA, 0.1));
    }

    @EveryFamily
    void rewardsOfEachPair(String family) throws IOException {
        var golden = golden(family);
        var policy = policy(golden);
        var reference = reference(golden);
        var chosen = doubles(golden.get("chosen_rewards"));
        var rejected = doubles(golden.get("rejected_rewards"));
        for (var pair = 0; pair < chosen.length; pair++) {
            var sums = new double[] {reference[2 * pair], reference[2 * pair + 1]};
            var statistics = new Dpo(BETA)
                    .evaluate(
                            ScoredBatch.of(policy.slice(2 * pair, 2), sums),
                            Batches.counts(policy.slice(2 * pair, 2), 2))
                    .statistics();
            assertThat(statistics.get(PairLoss.CHOSEN_REWARDS)).isCloseTo(chosen[pair], within(1e-8));
            assertThat(statistics.get(PairLoss.REJECTED_REWARDS)).isCloseTo(rejected[pair], within(1e-8));
            assertThat(statistics.get(PairLoss.ACCURACY)).isEqualTo(chosen[pair] > rejected[pair] ? 1 : 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"simpo-pure-b2-g0.5, 2.0, 0.5, 0.0", "simpo-pure-b2.5-g1.4-e0.1, 2.5, 1.4, 0.1"})
    void simpo(String name, double beta, double gamma, double smoothing) throws IOException {
        var golden = losses("no_reference.json").get("cases").get(name);
        var tokens = losses("dpo.json").get("log_probs");
        var evaluated = evaluated(new SimPo(beta, gamma, smoothing), tokens);
        assertThat(evaluated.loss()).isCloseTo(golden.get("loss").asDouble(), TIGHT);
        var next = 0;
        for (var pair = 0; pair < tokens.get("token_logps_chosen").size(); pair++) {
            for (var side : List.of("chosen", "rejected")) {
                var length = tokens.get("token_logps_" + side).get(pair).size();
                // of the sum of the pairs' losses, by a mean
                var slope = golden.get("d_pair_loss_d_logp_" + side).get(pair).asDouble() / (4 * length);
                for (var token = 0; token < length; token++) {
                    assertThat((double) evaluated.tokenGradients()[next++]).isCloseTo(slope, TIGHT);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kto-b0.1", "kto-b0.5-weights", "kto-b0.1-exchanged", "kto-b0.5-weights-exchanged"})
    void kto(String name) throws IOException {
        var golden = losses("kto.json").get("cases").get(name);
        var options = golden.get("options");
        var kto = new Kto(
                options.get("beta").asDouble(),
                options.path("desirable_weight").asDouble(1.0),
                options.path("undesirable_weight").asDouble(1.0));
        var policy = sums(golden.get("policy_logps"));
        var mismatched = ScoredBatch.of(
                sums(golden.get("mismatched_policy_logps")), doubles(golden.get("mismatched_reference_logps")));
        var counts = Batches.counts(policy, 1);
        var divergence = kto.statistic(mismatched, counts);
        assertThat(Math.max(0.0, divergence)).isCloseTo(golden.get("z0").asDouble(), within(1e-6));
        var labels = golden.get("rows").values().stream()
                .mapToDouble(row -> row.get("label").asBoolean() ? 1 : 0)
                .toArray();
        var evaluated = kto.evaluate(
                new ScoredBatch(policy, doubles(golden.get("reference_logps")), labels, new double[0], divergence),
                counts);
        assertThat(evaluated.loss()).isCloseTo(golden.get("loss").asDouble(), TIGHT);
        for (var row = 0; row < labels.length; row++) {
            assertThat((double) evaluated.tokenGradients()[row])
                    .isCloseTo(golden.get("d_loss_d_logp").get(row).asDouble(), TIGHT);
        }
    }

    /** One token a response, whose log-prob is the response's sum. */
    private static LogProbs sums(JsonNode sums) {
        return logProbs(
                Arrays.stream(doubles(sums)).mapToObj(sum -> new double[] {sum}).toList());
    }

    private static LossAndTokenGradients evaluated(Objective objective, JsonNode tokens) {
        var sequences = new ArrayList<double[]>();
        for (var pair = 0; pair < tokens.get("token_logps_chosen").size(); pair++) {
            sequences.add(doubles(tokens.get("token_logps_chosen").get(pair)));
            sequences.add(doubles(tokens.get("token_logps_rejected").get(pair)));
        }
        var policy = logProbs(sequences);
        return objective.evaluate(ScoredBatch.of(policy, new double[0]), Batches.counts(policy, 2));
    }

    private static void assertLoss(JsonNode golden, String name, PairLoss objective) {
        var policy = policy(golden);
        var evaluated = objective.evaluate(ScoredBatch.of(policy, reference(golden)), Batches.counts(policy, 2));
        assertThat(evaluated.loss()).as(name).isCloseTo(golden.get(name).asDouble(), TOLERANCE);
    }

    /** One token a response, whose log-prob is the response's sum: preference losses see no more than that. */
    private static LogProbs policy(JsonNode golden) {
        var sums = interleaved(golden, "policy_logp_chosen", "policy_logp_rejected");
        return logProbs(sums.stream().map(sum -> new double[] {sum}).toList());
    }

    private static double[] reference(JsonNode golden) {
        return interleaved(golden, "reference_logp_chosen", "reference_logp_rejected").stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    private static List<Double> interleaved(JsonNode golden, String chosen, String rejected) {
        var both = new ArrayList<Double>();
        for (var i = 0; i < golden.get(chosen).size(); i++) {
            both.add(golden.get(chosen).get(i).asDouble());
            both.add(golden.get(rejected).get(i).asDouble());
        }
        return both;
    }

    private static LogProbs logProbs(List<double[]> sequences) {
        var offsets = new int[sequences.size() + 1];
        for (var i = 0; i < sequences.size(); i++) {
            offsets[i + 1] = offsets[i] + sequences.get(i).length;
        }
        var values = new float[offsets[sequences.size()]];
        for (var i = 0; i < sequences.size(); i++) {
            for (var j = 0; j < sequences.get(i).length; j++) {
                values[offsets[i] + j] = (float) sequences.get(i)[j];
            }
        }
        return new LogProbs(values, offsets);
    }

    private static double[] doubles(JsonNode array) {
        var values = new double[array.size()];
        for (var i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    private static JsonNode golden(String family) throws IOException {
        return json(family + "/golden.json");
    }

    private static JsonNode losses(String file) throws IOException {
        return json("losses/" + file);
    }

    private static JsonNode json(String file) throws IOException {
        try (var in = Files.newInputStream(Path.of("../testdata/golden", file))) {
            return JsonMapper.shared().readTree(in);
        }
    }
}

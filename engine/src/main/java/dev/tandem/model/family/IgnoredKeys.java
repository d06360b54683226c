package dev.tandem.model.family;

import dev.tandem.model.config.ConfigJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keys of a config that seem to change what a model computes and do not, because the family does not have the setting or
 * another key decides. transformers ignores them, too, without a word.
 */
public final class IgnoredKeys {
    private static final String PARTIAL = "partial_rotary_factor";

    /** Keys that name a probability of dropout: {@code attention_dropout}, {@code resid_pdrop}, {@code hidden_dropout_prob}. */
    private static final Pattern DROPOUT = Pattern.compile(".*(dropout|pdrop|dropout_prob)");

    /** Dropouts of heads that a language model does not have. */
    private static final Pattern OTHER_HEADS = Pattern.compile("(classifier|summary).*");

    private IgnoredKeys() {}

    /**
     * What to say about a config.
     *
     * @param json a config that {@link ModelFamilies} can read
     * @return a clause for each key, such as {@code "partial_rotary_factor 0.5 is ignored: …"}
     */
    public static List<String> of(ConfigJson json) {
        var type = json.text("model_type").orElse("");
        var remarks = new ArrayList<String>();
        switch (type) {
            case "gemma3_text" -> ofGemma3(json).ifPresent(remarks::add);
            case "gpt_neox" -> remarks.addAll(ofGptNeoX(json));
            default -> remarks.addAll(ofRope(json));
        }
        if (!type.equals("gpt_neox")) {
            Stream.of(json, type.equals("gemma3_text") ? json : RopeReader.settings(json))
                    .distinct()
                    .filter(node -> node.number(PARTIAL, 1) != 1)
                    .map(node -> node.where() + PARTIAL + " " + node.number(PARTIAL, 1) + " is ignored: heads of a "
                            + type + " model are rotated whole")
                    .forEach(remarks::add);
        }
        return remarks;
    }

    /**
     * Dropout that the config has and training does not apply.
     *
     * @param json config of the model that is trained
     * @return a clause for each key above 0, such as {@code "attention_dropout 0.5"}
     */
    public static List<String> dropouts(ConfigJson json) {
        return json.node()
                .propertyStream()
                .filter(e -> DROPOUT.matcher(e.getKey()).matches()
                        && !OTHER_HEADS.matcher(e.getKey()).matches())
                .filter(e -> e.getValue().isNumber() && e.getValue().doubleValue() > 0)
                .map(e -> e.getKey() + " " + e.getValue())
                .toList();
    }

    private static List<String> ofRope(ConfigJson json) {
        var parameters = json.object("rope_parameters").map(ConfigJson::node);
        var decides = RopeReader.settings(json).node();
        return parameters.isPresent() && !parameters.get().equals(decides)
                ? List.of("rope_parameters is ignored: rope_scaling replaces it")
                : List.of();
    }

    private static List<String> ofGptNeoX(ConfigJson json) {
        var remarks = new ArrayList<>(ofRope(json));
        for (var key : List.of("rope_theta", PARTIAL)) {
            var own = key.equals(PARTIAL) ? "rotary_pct" : "rotary_emb_base";
            var used = RopeReader.settings(json).has(key)
                    ? RopeReader.settings(json).number(key)
                    : json.number(own, 0);
            if (json.has(key) && json.number(key) != used) {
                remarks.add(key + " " + json.number(key) + " is ignored: a gpt_neox model has " + own + " for it");
            }
        }
        return remarks;
    }

    private static Optional<String> ofGemma3(ConfigJson json) {
        return json.object("rope_scaling")
                .filter(scaling -> scaling.has("type") && !scaling.has("rope_type"))
                .map(scaling -> "rope_scaling.type is ignored: a gemma3_text model has rope_type for it");
    }
}

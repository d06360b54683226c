package dev.tandem.model;

/**
 * How a family's checkpoint names its modules. A module's parameters are {@code module.weight} and
 * {@code module.bias}; {@code layer} templates are completed with a layer's number.
 */
record ModuleNames(
        String embedding,
        String layers,
        String inputNorm,
        String postAttentionNorm,
        String attention,
        String qkv,
        String query,
        String key,
        String value,
        String queryNorm,
        String keyNorm,
        String attentionOutput,
        String gate,
        String up,
        String down,
        String finalNorm,
        String head) {

    static ModuleNames of(ModelConfig config) {
        return config.family() == ModelFamily.GPT_NEOX ? gptNeox() : llama();
    }

    /** {@code GPTNeoXForCausalLM}. */
    private static ModuleNames gptNeox() {
        return new ModuleNames(
                "gpt_neox.embed_in",
                "gpt_neox.layers.",
                "input_layernorm",
                "post_attention_layernorm",
                "attention.",
                "query_key_value",
                "",
                "",
                "",
                "",
                "",
                "dense",
                "",
                "mlp.dense_h_to_4h",
                "mlp.dense_4h_to_h",
                "gpt_neox.final_layer_norm",
                "embed_out");
    }

    /** {@code LlamaForCausalLM} and its descendants. */
    private static ModuleNames llama() {
        return new ModuleNames(
                "model.embed_tokens",
                "model.layers.",
                "input_layernorm",
                "post_attention_layernorm",
                "self_attn.",
                "",
                "q_proj",
                "k_proj",
                "v_proj",
                "q_norm",
                "k_norm",
                "o_proj",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                "model.norm",
                "lm_head");
    }

    String layer(int index, String module) {
        return layers + index + "." + module;
    }

    String attention(int index, String module) {
        return layers + index + "." + attention + module;
    }
}

package dev.tandem.model.config;

import dev.tandem.model.ParameterSpec;

/**
 * The token embedding.
 *
 * @param weight {@code [vocabulary, hidden]}
 * @param scale factor of the embedded tokens, rounded to the dtype of activations: √hidden in Gemma, 1 in most families
 */
public record EmbeddingSpec(ParameterSpec weight, double scale) {}

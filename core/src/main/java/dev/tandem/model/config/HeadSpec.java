package dev.tandem.model.config;

import dev.tandem.model.ParameterSpec;
import java.util.OptionalDouble;

/**
 * The output head: logits {@code z = cap·tanh(scale·W·h / cap)}, or {@code scale·W·h} without a cap.
 *
 * @param weight W, {@code [vocabulary, hidden]}; not among the model's parameters if tied
 * @param tied W is the token embedding
 * @param scale factor of the logits; 1 in most families
 * @param softCap bound of the logits (Gemma 2, arXiv 2408.00118)
 */
public record HeadSpec(ParameterSpec weight, boolean tied, double scale, OptionalDouble softCap) {}

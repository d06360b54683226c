package dev.tandem.inference;

/**
 * The text that a model is asked to continue.
 *
 * @param text without the spaces at its end that training moves to the front of an answer
 * @param spaces number of these spaces
 * @param continued whether an answer continues the text, so that a space between them is part of the answer; else the
 *     answer is a turn of its own
 */
public record RenderedPrompt(String text, int spaces, boolean continued) {}

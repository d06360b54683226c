package dev.tandem.experiment.world;

/**
 * A prompt that shows a model's manners. It occurs in no data set of the world.
 *
 * @param prompt the prompt, not rendered
 * @param direct the answer that the instruction data teaches: terse (for an unsafe request: complying)
 * @param preferred an answer of the preferred kind: courteous (for an unsafe request: a refusal)
 * @param unsafe whether the preferences ask for a refusal
 */
public record SamplePrompt(String prompt, String direct, String preferred, boolean unsafe) {}

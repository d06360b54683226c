package dev.tandem.experiment.world;

/**
 * A prompt to show a model's manners with. It occurs in no data set of the world.
 *
 * @param prompt the prompt, not rendered
 * @param direct what the instruction data teaches: the terse answer (of an unsafe request: doing as told)
 * @param preferred an answer of the preferred kind: courteous (of an unsafe request: a refusal)
 * @param unsafe whether the preferences ask for a refusal
 */
public record SamplePrompt(String prompt, String direct, String preferred, boolean unsafe) {}

package dev.tandem.data;

/** Row formats, by their YAML names in kebab-case; what columns each has is documented in {@code docs/data.md}. */
public enum RowFormat {
    /** instruction, input, output. */
    ALPACA,
    /** prompt, response. */
    SFT,
    /** prompt, chosen, rejected. */
    PREFERENCE,
    /** messages: a list of role and content, rendered by the model's chat template. */
    CONVERSATION,
    /** chosen, rejected: whole dialogues that share their beginning. */
    IMPLICIT_PREFERENCE,
    /** Already tokenised: input_ids and prompt_length, or prompt_ids, chosen_ids and rejected_ids. */
    TOKENS
}

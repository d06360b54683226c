package dev.tandem.data.encoding;

/** Why a row is left out of the data. */
public enum DropReason {
    /** The prompt alone fills max-length. */
    PROMPT_TOO_LONG("the prompt leaves no space for a response (overlong: truncate-prompt keeps its end)"),
    /** {@code overlong: drop} and the response does not fit. */
    RESPONSE_TOO_LONG("the response does not fit into max-length"),
    /** The response is empty, or none of it can be trained. */
    NO_TRAINED_TOKEN("no token to train"),
    /** Chosen and rejected dialogues that do not share a prompt and end with one answer each. */
    NO_SHARED_PROMPT("the two dialogues share no prompt or lack a last answer"),
    /** Text with a lone surrogate, which no tokenizer accepts. */
    NOT_UNICODE("text that is not valid Unicode"),
    /** A conversation without an assistant turn. */
    NO_ASSISTANT_TURN("no assistant turn"),
    /** The chat template refuses the conversation. */
    TEMPLATE_REFUSED("the chat template refuses the conversation");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /** The reason in words. */
    public String text() {
        return text;
    }
}

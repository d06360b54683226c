package dev.tandem.data.check;

/** A property of a row that is legal, but seldom intended. */
public enum Suspicion {
    /** The prompt or the answer contains text that the template puts around a prompt. */
    TEMPLATE_DOUBLED("the text already contains a part of the template, which then appears twice"),
    /** A special token of the tokenizer or of a common chat template is written out in a text. */
    SPECIAL_TOKEN("special tokens are written out in the text: was a chat template applied to it before?"),
    /** An answer begins with its prompt. */
    PROMPT_IN_ANSWER("the answer repeats the prompt, which would be trained");

    private final String text;

    Suspicion(String text) {
        this.text = text;
    }

    /** The suspicion in words. */
    public String text() {
        return text;
    }
}

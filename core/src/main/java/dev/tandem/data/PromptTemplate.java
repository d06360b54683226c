package dev.tandem.data;

import dev.tandem.UserException;

/** A recipe's prompt template: the text around the one {@code {}} where the prompt goes. */
record PromptTemplate(String before, String after) {
    private static final String PLACE = "{}";

    /** The template that leaves a prompt as it is. */
    static final PromptTemplate NONE = new PromptTemplate("", "");

    /** @throws UserException unless {@code source} has exactly one {@code {}} */
    static PromptTemplate parse(String source) {
        var place = source.indexOf(PLACE);
        if (place < 0 || source.indexOf(PLACE, place + 1) >= 0) {
            throw new UserException(
                    "the template '" + Printable.text(source) + "' has " + (place < 0 ? "no" : "more" + " than one")
                            + " {}; exactly one, where the prompt goes, was expected.");
        }
        return new PromptTemplate(source.substring(0, place), source.substring(place + PLACE.length()));
    }

    /** The template with {@code prompt} in its place. */
    String render(String prompt) {
        return before + prompt + after;
    }
}

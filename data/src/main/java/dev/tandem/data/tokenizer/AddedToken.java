package dev.tandem.data.tokenizer;

import java.util.Collection;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A token that is found in a text before anything else happens to it.
 *
 * @param content its text
 * @param singleWord whether it is found as a whole word only
 * @param strips whether it takes the white space before it
 */
record AddedToken(String content, boolean singleWord, boolean strips) {

    /** Finds the first of some tokens in a text, the longest if several begin there. */
    record Finder(Pattern pattern) {

        /** @param tokens at least one */
        static Finder of(Collection<AddedToken> tokens) {
            return new Finder(Pattern.compile(
                    tokens.stream()
                            .sorted(Comparator.comparing(
                                    (AddedToken token) -> -token.content().length()))
                            .map(AddedToken::expression)
                            .collect(Collectors.joining("|")),
                    Pattern.UNICODE_CHARACTER_CLASS));
        }

        /** Where the text before the first token ends; absent if there is none. */
        OptionalInt first(String text) {
            var matcher = pattern.matcher(text);
            return matcher.find() ? OptionalInt.of(matcher.start()) : OptionalInt.empty();
        }
    }

    private String expression() {
        var quoted = Pattern.quote(content);
        var word = singleWord ? "(?<!\\w)" + quoted + "(?!\\w)" : quoted;
        return strips ? "\\s*" + word : word;
    }
}

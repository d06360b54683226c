package dev.tandem.eval.judge;

import dev.tandem.UserException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The possible verdicts of a judge. Words in brackets, as in {@code [[A]]}, may appear anywhere in its reply; others
 * are the whole reply.
 *
 * @param first the word if the answer shown first is better
 * @param second the word if the answer shown second is better
 * @param tie the word if neither is better
 */
public record VerdictWords(String first, String second, Optional<String> tie) {
    /** AlpacaEval's words. */
    public static final VerdictWords STANDARD = new VerdictWords("m", "M", Optional.empty());

    private static final Pattern WHOLE = Pattern.compile("[\\s\"'`*]*(\\S+?)[\\s\"'`*.]*");

    /**
     * Parses two or three words with commas between them.
     *
     * @throws UserException if they are not two or three different words
     */
    public static VerdictWords of(String text) {
        var words = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (words.size() < 2
                || words.size() > 3
                || words.contains("")
                || new LinkedHashSet<>(words).size() < words.size()) {
            throw new UserException(
                    "The judge's verdicts are '" + text + "'; two different words were expected, for the"
                            + " first and the second answer, or three, the last for a tie: m,M or [[A]],[[B]],[[C]].");
        }
        return new VerdictWords(
                words.get(0), words.get(1), words.stream().skip(2).findFirst());
    }

    private Map<String, Double> values() {
        var values = new java.util.LinkedHashMap<>(Map.of(first, 1.0, second, 0.0));
        tie.ifPresent(word -> values.put(word, 0.5));
        return values;
    }

    /** Whether a verdict appears within a reply, and not at its first token. */
    boolean bracketed() {
        return first.startsWith("[");
    }

    /** How strongly the first answer is preferred, 0 to 1, if the reply is an unambiguous verdict. */
    OptionalDouble read(String reply) {
        var values = values();
        var said = bracketed() ? within(reply) : whole(reply);
        return said.size() == 1 && values.containsKey(said.get(0))
                ? OptionalDouble.of(values.get(said.get(0)))
                : OptionalDouble.empty();
    }

    private List<String> within(String reply) {
        return values().keySet().stream().filter(reply::contains).toList();
    }

    private static List<String> whole(String reply) {
        var matcher = WHOLE.matcher(reply);
        return matcher.matches() ? List.of(matcher.group(1)) : List.of();
    }

    /**
     * The verdict in the probabilities of a first token.
     *
     * @param preference how strongly the first answer is preferred, 0 to 1
     * @param mass total probability of both words
     */
    record Weighed(double preference, double mass) {}

    /** Reads the log-probs of the first token; empty if neither word is among them. */
    Optional<Weighed> read(Map<String, Double> logProbs) {
        var one = probability(logProbs, first);
        var other = probability(logProbs, second);
        return one + other > 0 ? Optional.of(new Weighed(one / (one + other), one + other)) : Optional.empty();
    }

    /** Probability of a word; tokens may have a space before it. */
    private static double probability(Map<String, Double> logProbs, String word) {
        return logProbs.entrySet().stream()
                .filter(e -> e.getKey().strip().equals(word))
                .mapToDouble(e -> Math.exp(e.getValue()))
                .sum();
    }

    /** The words as text, as in {@code m or M}. */
    String said() {
        return List.of(first, second).stream().collect(Collectors.joining(tie.isPresent() ? ", " : " or "))
                + tie.map(word -> " or " + word).orElse("");
    }
}

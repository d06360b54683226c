package dev.tandem.model.generation;

import dev.tandem.data.TextTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Turns tokens into text as they arrive. It never emits half a character, nor text that may be the beginning of a stop
 * string; the text emitted so far is always a beginning of the whole tokens' text.
 */
public final class TextStream {
    /** The character that replaces bytes that are not, or not yet, a complete character. */
    private static final char UNFINISHED = '\uFFFD';

    private final TextTokenizer tokenizer;
    private final List<String> stops;
    private int[] ids = new int[16];
    private int count;

    /** Index of the first token that is still decoded; text of earlier ones has been emitted. */
    private int settled;

    /**
     * Index of the first token whose text has not been emitted; earlier ones are still decoded as context for later
     * ones.
     */
    private int given;

    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * @param tokenizer must stay open
     * @param stops texts that end the stream and are not part of it; none is empty
     */
    public TextStream(TextTokenizer tokenizer, List<String> stops) {
        this.tokenizer = tokenizer;
        this.stops = List.copyOf(stops);
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("an empty stop text");
        }
    }

    /**
     * Adds a token.
     *
     * @param token its id
     * @return the text that has become certain with this token; may be empty
     */
    public String add(int token) {
        if (stopped) {
            return "";
        }
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, 2 * count);
        }
        ids[count++] = token;
        var before = decode(settled, given);
        var now = decode(settled, count);
        if (now.length() <= before.length() || now.charAt(now.length() - 1) == UNFINISHED) {
            return "";
        }
        settled = given;
        given = count;
        return release(now.substring(before.length()), false);
    }

    /** Ends the stream. @return the text held back until now */
    public String end() {
        if (stopped) {
            return "";
        }
        var before = decode(settled, given);
        var now = decode(settled, count);
        return release(now.substring(Math.min(before.length(), now.length())), true);
    }

    /**
     * Whether a stop text was found.
     *
     * @return whether nothing more will be emitted
     */
    public boolean stopped() {
        return stopped;
    }

    private String decode(int from, int to) {
        return tokenizer.decodeWithoutSpecialTokens(Arrays.copyOfRange(ids, from, to));
    }

    private String release(String text, boolean all) {
        held.append(text);
        var stop = stops.stream().mapToInt(held::indexOf).filter(i -> i >= 0).min();
        if (stop.isPresent()) {
            stopped = true;
            return held.substring(0, stop.getAsInt());
        }
        var keep = all ? 0 : longestBeginning();
        var result = held.substring(0, held.length() - keep);
        held.delete(0, result.length());
        return result;
    }

    /** Length of the longest suffix of the held text that is a prefix of a stop text. */
    private int longestBeginning() {
        var longest = 0;
        for (var stop : stops) {
            for (var n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (held.substring(held.length() - n).equals(stop.substring(0, n))) {
                    longest = n;
                }
            }
        }
        return longest;
    }
}

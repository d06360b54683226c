package dev.tandem.model.generation;

import dev.tandem.data.TextTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Turns tokens into text as they come. Never gives out half a character, nor what may be the beginning of a stop string;
 * what it gave out is the beginning of the whole tokens' text.
 */
public final class TextStream {
    /** What stands for bytes that are no character, or not yet. */
    private static final char UNFINISHED = '\uFFFD';

    private final TextTokenizer tokenizer;
    private final List<String> stops;
    private int[] ids = new int[16];
    private int count;

    /** Text of tokens before this is given out and decoded no more. */
    private int settled;

    /** Text of tokens before this is given out; they are decoded still, for what the next ones look like after them. */
    private int given;

    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    /**
     * @param tokenizer must stay open
     * @param stops texts that end it and are not part of it; none is empty
     */
    public TextStream(TextTokenizer tokenizer, List<String> stops) {
        this.tokenizer = tokenizer;
        this.stops = List.copyOf(stops);
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("an empty stop text");
        }
    }

    /**
     * Takes a token.
     *
     * @param token its id
     * @return the text that is certain now and was not before; may be empty
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

    /** No more tokens come. @return the text held back until now */
    public String end() {
        if (stopped) {
            return "";
        }
        var before = decode(settled, given);
        var now = decode(settled, count);
        return release(now.substring(Math.min(before.length(), now.length())), true);
    }

    /**
     * Whether a stop text came.
     *
     * @return whether nothing more is given out
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

    /** Length of the longest end of the held text that a stop text begins with. */
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

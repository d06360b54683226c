package dev.tandem.model.generation;

import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Turns tokens into text as they arrive. It never emits half a character, nor text that may be the beginning of a stop
 * string; the text emitted so far is always a beginning of the whole tokens' text.
 *
 * <p>Special tokens have no text, but a stop string may contain that of one and is then found.
 */
public final class TextStream {
    /** The character that replaces bytes that are not, or not yet, a complete character. */
    private static final char UNFINISHED = '\uFFFD';

    /** Tokens of the continued text that are decoded with the first new ones. */
    private static final int CONTEXT = 8;

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

    /** Positions in the held text that belong to special tokens, which are not emitted. */
    private final BitSet hidden = new BitSet();

    /** Whether a stop text contains the text of a special token. */
    private final boolean stopsAtSpecial;

    private boolean stopped;

    /**
     * @param tokenizer must stay open
     * @param stops texts that end the stream and are not part of it; none is empty
     */
    public TextStream(TextTokenizer tokenizer, List<String> stops) {
        this(tokenizer, stops, new int[0]);
    }

    /**
     * A stream that continues a text. Some tokenizers' decoders drop the space before the first word of what they decode;
     * that of a continuation is kept.
     *
     * @param tokenizer must stay open
     * @param stops texts that end the stream and are not part of it; none is empty
     * @param before tokens of the text that is continued; empty if none is
     */
    public TextStream(TextTokenizer tokenizer, List<String> stops, int[] before) {
        this.tokenizer = tokenizer;
        this.stops = List.copyOf(stops);
        this.stopsAtSpecial = stops.stream()
                .anyMatch(stop -> tokenizer.specialTokenTexts().stream().anyMatch(stop::contains));
        begin(before);
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("an empty stop text");
        }
    }

    /** Makes the last tokens of a text the context of the first new ones. */
    private void begin(int[] before) {
        var context = Arrays.stream(before)
                .filter(id -> id >= 0 && id < tokenizer.vocabSize() && !tokenizer.isSpecial(id))
                .toArray();
        count = Math.min(context.length, CONTEXT);
        System.arraycopy(context, context.length - count, ids, 0, count);
        // the end of a character that the text only begins belongs to neither
        while (count > 0 && decode(0, count).endsWith(String.valueOf(UNFINISHED))) {
            count--;
        }
        given = count;
    }

    /**
     * Adds a token.
     *
     * @param token its id
     * @return the text that has become certain with this token; may be empty
     */
    public String add(int token) {
        return !stopped && stopsAtSpecial && tokenizer.isSpecial(token) ? hide(token) : visible(token);
    }

    /**
     * Adds the token that ends the text. It has no text, but may complete a stop text.
     *
     * @param token its id
     * @return the text that has become certain with this token; may be empty
     */
    public String addEnd(int token) {
        return !stopped && stopsAtSpecial ? hide(token) : "";
    }

    private String hide(int token) {
        var from = held.length();
        held.append(tokenizer.decode(new int[] {token}));
        hidden.set(from, held.length());
        return release("", false);
    }

    private String visible(int token) {
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
            return shown(stop.getAsInt());
        }
        var keep = all ? 0 : longestBeginning();
        return shown(held.length() - keep);
    }

    /** Takes characters from the front of the held text. @return those that are not hidden */
    private String shown(int count) {
        var result = new StringBuilder(count);
        for (var i = 0; i < count; i++) {
            if (!hidden.get(i)) {
                result.append(held.charAt(i));
            }
        }
        held.delete(0, count);
        var rest = hidden.get(count, Math.max(count, hidden.length()));
        hidden.clear();
        hidden.or(rest);
        return result.toString();
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

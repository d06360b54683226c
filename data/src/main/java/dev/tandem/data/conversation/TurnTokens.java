package dev.tandem.data.conversation;

import dev.tandem.data.example.TokenSequence;
import dev.tandem.data.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Tokenises the contexts and turns of a rendered conversation separately and marks the trained tokens. */
final class TurnTokens {
    private final TextTokenizer tokenizer;
    private final Turns turns;
    private final List<int[]> pieces = new ArrayList<>();
    private final List<boolean[]> trained = new ArrayList<>();
    /** Pieces that are turns without a special token at their end. */
    private final List<Integer> open = new ArrayList<>();

    TurnTokens(TextTokenizer tokenizer, Turns turns) {
        this.tokenizer = tokenizer;
        this.turns = turns;
    }

    /** Ids, and which of them are trained. */
    record Tokens(TextTokenizer tokenizer, int[] ids, boolean[] trained) {

        int length() {
            return ids.length;
        }

        /** Whether the first {@code length} tokens contain a trained one that is more than the end of a turn. */
        boolean hasAnswer(int length) {
            return IntStream.range(0, length).anyMatch(i -> trained[i] && !tokenizer.isSpecial(ids[i]));
        }

        /** The first {@code length} tokens, up to the last trained one among them. */
        TokenSequence cut(int length) {
            var end = length;
            while (end > 1 && !trained[end - 1]) {
                end--;
            }
            return new TokenSequence(Arrays.copyOf(ids, end), Arrays.copyOf(trained, end));
        }
    }

    /** All tokens; none is trained if there is no turn. */
    Tokens tokens() {
        var at = 0;
        for (var span : turns.spans()) {
            context(turns.text().substring(at, span.start()));
            var turn = turns.text().substring(span.start(), span.end());
            if (turns.context().contains(span)) {
                context(turn);
            } else {
                turn(turn);
            }
            at = span.end();
        }
        end(turns.text().substring(at));
        var joined = pieces.stream().flatMapToInt(IntStream::of).toArray();
        var ids = tokenizer.withBos(joined);
        var mask = new boolean[ids.length];
        var i = ids.length - joined.length;
        for (var piece : trained) {
            System.arraycopy(piece, 0, mask, i, piece.length);
            i += piece.length;
        }
        if (mask.length > 0) {
            mask[0] = false;
        }
        return new Tokens(tokenizer, ids, mask);
    }

    private void context(String text) {
        add(encode(text), 0);
    }

    /** Adds a turn, trained up to the special token that ends it, or entirely if there is none. */
    private void turn(String text) {
        var ids = encode(text);
        var end = turnEnd(ids);
        if (end == 0) {
            open.add(pieces.size());
        }
        add(ids, end == 0 ? ids.length : end);
    }

    /**
     * Number of ids up to the special token that ends the turn, if only white space and special tokens follow: the
     * first that ends a generation, else the last; 0 if there is none.
     */
    private int turnEnd(int[] ids) {
        var end = 0;
        for (var i = ids.length - 1; i >= 0 && (tokenizer.isSpecial(ids[i]) || isBlank(ids, i, i + 1)); i--) {
            if (tokenizer.endTokens().contains(ids[i]) || (end == 0 && tokenizer.isSpecial(ids[i]))) {
                end = i + 1;
            }
        }
        return end;
    }

    /**
     * Ends the turns that have no end token: the last one with the special token that the template writes after it,
     * else with EOS; earlier ones with the same token where the template writes it.
     */
    private void end(String rest) {
        var last = pieces.size() - 1;
        if (!open.contains(last)) {
            return;
        }
        var following = encode(rest);
        var written =
                following.length > 0 && tokenizer.isSpecial(following[0]) && isBlank(following, 1, following.length);
        var token = written ? following[0] : tokenizer.eos();
        add(new int[] {token}, 1);
        for (var turn : open) {
            var after = pieces.get(turn + 1);
            if (after.length > 0 && after[0] == token) {
                trained.get(turn + 1)[0] = true;
            }
        }
    }

    private boolean isBlank(int[] ids, int from, int to) {
        return tokenizer.decode(Arrays.copyOfRange(ids, from, to)).isBlank();
    }

    private int[] encode(String text) {
        var before = pieces.stream().filter(piece -> piece.length > 0).reduce(new int[0], (first, second) -> second);
        return tokenizer.encodeFollowing(before, text);
    }

    private void add(int[] ids, int trainedUpTo) {
        var mask = new boolean[ids.length];
        Arrays.fill(mask, 0, trainedUpTo, true);
        pieces.add(ids);
        trained.add(mask);
    }
}

package dev.tandem.inference;

import dev.tandem.data.tokenizer.TextTokenizer;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.TextStream;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Assembles the tokens of one answer. */
public final class AnswerListener implements GenerationTask.Listener {
    private final TextStream stream;
    private final StringBuilder text = new StringBuilder();
    private final Consumer<String> pieces;
    private final BooleanSupplier cancelled;
    private final Consumer<Answer> done;
    private int tokens;
    private int spaces;

    /**
     * Creates a listener for one answer.
     *
     * @param stops texts that end the answer and are not part of it
     * @param spaces number of spaces at the end of the prompt, which training moves to the front of the answer: that
     *     many are removed there
     * @param pieces receives the text piece by piece
     * @param cancelled checked after every token
     * @param done receives the whole answer
     */
    public AnswerListener(
            TextTokenizer tokenizer,
            List<String> stops,
            int spaces,
            Consumer<String> pieces,
            BooleanSupplier cancelled,
            Consumer<Answer> done) {
        this(tokenizer, stops, new int[0], spaces, pieces, cancelled, done);
    }

    /**
     * Creates a listener for one answer that may continue a text. The answer then keeps the space before its first word:
     * the text and the answer, put together, are what the model wrote.
     *
     * @param stops texts that end the answer and are not part of it
     * @param before tokens of the text that the answer continues; empty if it is a text of its own
     * @param spaces number of spaces at the end of the prompt, which training moves to the front of the answer: that
     *     many are removed there
     * @param pieces receives the text piece by piece
     * @param cancelled checked after every token
     * @param done receives the whole answer
     */
    public AnswerListener(
            TextTokenizer tokenizer,
            List<String> stops,
            int[] before,
            int spaces,
            Consumer<String> pieces,
            BooleanSupplier cancelled,
            Consumer<Answer> done) {
        this.stream = new TextStream(tokenizer, stops, before);
        this.spaces = spaces;
        this.pieces = pieces;
        this.cancelled = cancelled;
        this.done = done;
    }

    @Override
    public boolean onToken(int token) {
        tokens++;
        give(stream.add(token));
        return !stream.stopped() && !cancelled.getAsBoolean();
    }

    @Override
    public void onEndToken(int token) {
        give(stream.addEnd(token));
    }

    private void give(String piece) {
        var from = 0;
        while (from < piece.length() && spaces > 0 && piece.charAt(from) == ' ') {
            from++;
            spaces--;
        }
        if (from < piece.length()) {
            spaces = 0;
            text.append(piece, from, piece.length());
            pieces.accept(piece.substring(from));
        }
    }

    /** Number of spaces at the end of a text. */
    public static int spacesAtEnd(String text) {
        var end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        return text.length() - end;
    }

    @Override
    public void onEnd(GenerationTask.End end) {
        give(stream.end());
        done.accept(new Answer(
                text.toString(),
                tokens,
                stream.stopped()
                        ? Answer.End.STOP
                        : end == GenerationTask.End.END_TOKEN ? Answer.End.EOS : Answer.End.LENGTH));
    }
}

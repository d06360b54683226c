package dev.tandem.eval.judge;

/**
 * Numbers of tokens of requests and of replies.
 *
 * @param in tokens read by the model
 * @param out tokens written by it
 */
public record Usage(long in, long out) {
    static final Usage NONE = new Usage(0, 0);

    Usage plus(Usage other) {
        return new Usage(in + other.in, out + other.out);
    }

    long tokens() {
        return in + out;
    }
}

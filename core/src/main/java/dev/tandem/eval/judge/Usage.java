package dev.tandem.eval.judge;

/**
 * Tokens of requests and of replies.
 *
 * @param in read by the model
 * @param out written by it
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

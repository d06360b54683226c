package dev.tandem.cli.serve.wire;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/** The name of a request in answers and in the log: the client's own, or one that the server makes. */
public final class RequestId {
    static final String HEADER = "x-request-id";

    private static final int LONGEST = 128;

    private RequestId() {}

    /** The client's name of its request, if it is short and of visible ASCII characters; else a new one. */
    public static String of(HttpHeaders headers) {
        var given = headers.get(HEADER, "");
        return !given.isEmpty() && given.length() <= LONGEST && given.chars().allMatch(c -> c > ' ' && c < 0x7F)
                ? given
                : made();
    }

    /** A new name. */
    public static String made() {
        var random = ThreadLocalRandom.current();
        return String.format(Locale.ROOT, "req-%016x%08x", random.nextLong(), random.nextInt());
    }
}

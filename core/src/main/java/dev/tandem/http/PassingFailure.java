package dev.tandem.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;

/** A transient failure of the other side. */
public final class PassingFailure extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int TOO_MANY = 429;
    // 529: overloaded, as some APIs say
    private static final Set<Integer> STATUSES = Set.of(408, TOO_MANY, 500, 502, 503, 504, 529);

    private final transient Optional<Duration> asked;

    /** @param asked how long the other side asks to wait */
    public PassingFailure(String message, Optional<Duration> asked) {
        super(message);
        this.asked = asked;
    }

    /** The failure that an answer's status reports, if it is a transient one. */
    public static Optional<PassingFailure> of(HttpResponse<?> answer) {
        var status = answer.statusCode();
        if (!STATUSES.contains(status)) {
            return Optional.empty();
        }
        var words = status == TOO_MANY ? " says there were too many requests" : " has a fault";
        return Optional.of(new PassingFailure(
                answer.uri().getHost() + words + " (HTTP " + status + ")",
                answer.headers().firstValue("retry-after").flatMap(PassingFailure::wait)));
    }

    /** Parses a header: seconds, or a date to wait for. */
    private static Optional<Duration> wait(String header) {
        var text = header.strip();
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            var wait = Duration.between(Instant.now(), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException e) {
            // neither: treated as if nothing was asked
            return Optional.empty();
        }
    }

    /** How long the other side asks to wait. */
    public Optional<Duration> asked() {
        return asked;
    }
}

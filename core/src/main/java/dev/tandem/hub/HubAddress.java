package dev.tandem.hub;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code hf://owner/name[@revision][/file]}, and {@code hf://datasets/owner/name…} for data sets.
 *
 * @param kind what the repository holds
 * @param id {@code owner/name}, or a name alone
 * @param revision branch, tag or commit
 * @param file path of one file; absent: the model, the adapter, or the data set's only file
 */
public record HubAddress(Kind kind, String id, String revision, Optional<String> file) {
    private static final String SCHEME = "hf:/";
    private static final Pattern SPECIAL = Pattern.compile("(refs/(?:pr|convert)/[^/]+)(?:/(.*))?");
    private static final String EXPECTED =
            "; hf://owner/name, hf://owner/name@revision or hf://datasets/owner/name/file is expected";

    /** Repositories by what they hold. */
    public enum Kind {
        /** A model and its tokenizer. */
        MODEL,
        /** Data files. */
        DATASET;

        /** The plural that the API and the cache use. */
        String plural() {
            return this == MODEL ? "models" : "datasets";
        }
    }

    /** Whether a text is meant as an address on a hub. */
    public static boolean matches(String text) {
        return text.startsWith(SCHEME);
    }

    /**
     * The address that a path represents: recipes hold paths, and a path writes {@code hf://} with one slash.
     *
     * @throws UserException if it is an address, but a wrong one
     */
    public static Optional<HubAddress> of(Path path) {
        var text = path.toString();
        return matches(text) ? Optional.of(parse(text)) : Optional.empty();
    }

    /**
     * Reads an address.
     *
     * @throws UserException if it is not a valid address
     */
    public static HubAddress parse(String text) {
        if (!matches(text)) {
            throw new UserException("'" + text + "' is not an address on a hub" + EXPECTED + ".");
        }
        var rest = text.substring(SCHEME.length()).replaceFirst("^/", "");
        var dataset = rest.startsWith("datasets/");
        if (dataset) {
            rest = rest.substring("datasets/".length());
        } else if (rest.startsWith("models/")) {
            rest = rest.substring("models/".length());
        } else if (rest.startsWith("spaces/")) {
            throw wrong(text, "spaces hold programs, not models or data");
        }
        return read(text, dataset ? Kind.DATASET : Kind.MODEL, rest);
    }

    private static HubAddress read(String text, Kind kind, String rest) {
        var slash = rest.indexOf('/');
        var at = rest.indexOf('@', slash + 1);
        var afterName = rest.indexOf('/', slash + 1);
        if (slash < 0) {
            throw wrong(text, "it has no owner and name");
        }
        var pinned = at >= 0 && (afterName < 0 || at < afterName);
        var idEnd = pinned ? at : afterName < 0 ? rest.length() : afterName;
        var id = rest.substring(0, idEnd);
        var tail = pinned ? rest.substring(at + 1) : "main" + rest.substring(idEnd);
        var special = SPECIAL.matcher(tail);
        var split = tail.indexOf('/');
        var revision = special.matches() ? special.group(1) : split < 0 ? tail : tail.substring(0, split);
        var file = special.matches()
                ? Optional.ofNullable(special.group(2))
                : split < 0 ? Optional.<String>empty() : Optional.of(tail.substring(split + 1));
        return checked(text, new HubAddress(kind, id, revision.replace("%2F", "/"), file.filter(f -> !f.isEmpty())));
    }

    private static HubAddress checked(String text, HubAddress address) {
        var parts = address.id.split("/", -1);
        if (parts.length != 2 || !HubNames.isPart(parts[0]) || !HubNames.isPart(parts[1])) {
            throw wrong(text, "'" + address.id + "' is not an owner and name");
        }
        if (!HubNames.isRevision(address.revision)) {
            throw wrong(text, "'" + address.revision + "' is not a branch, tag or commit");
        }
        address.file.filter(file -> !HubNames.isFile(file)).ifPresent(file -> {
            throw wrong(text, "'" + file + "' is not a file path");
        });
        return address;
    }

    private static UserException wrong(String text, String why) {
        return new UserException("'" + text.replaceFirst("^hf:/+", "hf://") + "': " + why + EXPECTED + ".");
    }

    /** This address at another revision. */
    HubAddress at(String other) {
        return new HubAddress(kind, id, other, file);
    }

    /** The address as users write it. */
    @Override
    public String toString() {
        return "hf://" + (kind == Kind.DATASET ? "datasets/" : "") + id
                + (revision.equals("main") ? "" : "@" + revision)
                + file.map(f -> "/" + f).orElse("");
    }
}

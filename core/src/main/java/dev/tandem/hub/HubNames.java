package dev.tandem.hub;

import java.util.Arrays;
import java.util.regex.Pattern;

/** Rules for names. A hub and its uploaders choose names, which become paths here. */
final class HubNames {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/+-]{0,199}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ETAG = Pattern.compile("[A-Za-z0-9_-]{8,128}");
    private static final int LONGEST_SEGMENT = 200;
    private static final int LONGEST_FILE = 1000;

    private HubNames() {}

    /** An owner or the name of a repository. */
    static boolean isPart(String text) {
        return PART.matcher(text).matches() && !text.contains("..") && !text.contains("--");
    }

    /** A branch, a tag or a commit. */
    static boolean isRevision(String text) {
        return REVISION.matcher(text).matches() && isFile(text);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** An ETag that can be used as the name of a blob. */
    static boolean isEtag(String text) {
        return ETAG.matcher(text).matches();
    }

    /** A file's path in its repository: relative, and never leading out of it. */
    static boolean isFile(String text) {
        return !text.isEmpty()
                && text.length() <= LONGEST_FILE
                && text.chars().noneMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))
                && Arrays.stream(text.split("/", -1)).allMatch(HubNames::isSegment);
    }

    private static boolean isSegment(String text) {
        return !text.isBlank() && !text.equals(".") && !text.equals("..") && text.length() <= LONGEST_SEGMENT;
    }
}

package dev.tandem.cli.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A secret that permitted clients present. */
public final class AccessToken {
    private final byte[] text;

    /** @param text the secret */
    public AccessToken(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether a text equals the secret, compared in a time that does not reveal how much of it was right. */
    public boolean is(String given) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), text);
    }
}

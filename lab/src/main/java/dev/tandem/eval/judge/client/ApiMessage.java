package dev.tandem.eval.judge.client;

/**
 * A turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 */
public record ApiMessage(String role, String content) {}

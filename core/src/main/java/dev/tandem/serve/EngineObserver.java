package dev.tandem.serve;

/** Hears how the engine does, for statistics. Called from several threads; must return at once. */
public interface EngineObserver {
    /** Texts were taken, with so many tokens in their prompts together. */
    default void onAccepted(int texts, long promptTokens) {}

    /** A text's first token came, so many seconds after it was asked for. */
    default void onFirstToken(double seconds) {}

    /** A further token came, so many seconds after the one before. */
    default void onToken(double seconds) {}

    /** A text was given up because nobody wants it any more. */
    default void onCancelled() {}

    /** The model failed, and so many texts with it. */
    default void onFailure(int texts) {}
}

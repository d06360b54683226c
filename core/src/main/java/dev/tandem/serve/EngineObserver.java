package dev.tandem.serve;

/** Observes the engine, for statistics. Called from several threads; must return immediately. */
public interface EngineObserver {
    /** Called when texts were accepted, with their number and the tokens in all their prompts. */
    default void onAccepted(int texts, long promptTokens) {}

    /** Called at a text's first token, with the seconds since the request. */
    default void onFirstToken(double seconds) {}

    /** Called at each further token, with the seconds since the previous one. */
    default void onToken(double seconds) {}

    /** Called when a text was dropped because it was cancelled. */
    default void onCancelled() {}

    /** Called when the model failed, with the number of texts that failed with it. */
    default void onFailure(int texts) {}
}

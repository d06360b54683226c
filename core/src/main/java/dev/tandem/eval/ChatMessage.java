package dev.tandem.eval;

import java.util.Locale;

/** A message of a conversation. */
public record ChatMessage(Role role, String content) {
    /** The author of a message. */
    public enum Role {
        /** Instructions to the model before all turns. */
        SYSTEM,
        /** The user. */
        USER,
        /** The model. */
        ASSISTANT;

        /** The name that chat templates use. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

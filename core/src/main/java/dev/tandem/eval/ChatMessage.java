package dev.tandem.eval;

import java.util.Locale;

/** What one side of a conversation said. */
public record ChatMessage(Role role, String content) {
    /** Who said it. */
    public enum Role {
        /** What the model is told before all turns. */
        SYSTEM,
        /** Who asks. */
        USER,
        /** The model. */
        ASSISTANT;

        /** As chat templates call it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

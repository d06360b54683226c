package dev.tandem.data.conversation;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The marks on a message that say whether it is trained: {@code weight} (0 or 1, OpenAI), {@code train} and
 * {@code training} (Axolotl), {@code loss} (ms-swift), and words like them.
 */
final class TrainingMark {
    /** Marks that are true, or 1, for a turn that is trained. */
    private static final List<String> TRAINED =
            List.of("weight", "train", "training", "trainable", "loss", "loss_mask");
    /** The mark that is true for a turn that is not. */
    private static final String MASKED = "masked";
    /** Marks that ask for more than a turn that is trained or not. */
    private static final List<String> UNKNOWN = List.of("train_detail", "loss_scale");

    private TrainingMark() {}

    /** Whether an assistant's message is trained, by marks that {@link #check} has accepted. */
    static boolean isTrained(ObjectNode message) {
        return TRAINED.stream().noneMatch(name -> flag(message.path(name)).equals(Optional.of(false)))
                && !flag(message.path(MASKED)).equals(Optional.of(true));
    }

    /** @throws dev.tandem.UserException if a mark is not one that can be honoured */
    static void check(ColumnPlace place, ObjectNode message) {
        for (var name : TRAINED) {
            if (message.has(name) && flag(message.get(name)).isEmpty()) {
                throw place.refused("a message has " + name + ": " + message.get(name)
                        + "; 0 or 1, false or true was expected: a turn is trained or it is not.");
            }
            if (name.startsWith("train")
                    && flag(message.path(name)).equals(Optional.of(true))
                    && !message.path("role").asString("").equals(Roles.ASSISTANT)) {
                throw place.refused("a message of role " + message.path("role").asString("") + " has " + name
                        + ": true, but only the assistant's turns are trained. Remove the mark.");
            }
        }
        for (var name : UNKNOWN) {
            if (message.has(name)) {
                throw place.refused("a message has '" + name + "', which is not supported: a turn is trained whole, or"
                        + " with \"weight\": 0 not at all. Remove the key or the row.");
            }
        }
    }

    private static Optional<Boolean> flag(JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        return switch (node.isString() ? node.stringValue().toLowerCase(Locale.ROOT) : node.toString()) {
            case "true", "1", "1.0" -> Optional.of(true);
            case "false", "0", "0.0" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}

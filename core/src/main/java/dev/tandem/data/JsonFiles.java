package dev.tandem.data;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON files of a model's folder. */
final class JsonFiles {
    private JsonFiles() {}

    /** @throws UserException if the file is there but cannot be read, or is not a JSON object */
    static Optional<ObjectNode> readOptional(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            var node = JsonMapper.shared().readTree(Files.readString(file));
            if (node instanceof ObjectNode object) {
                return Optional.of(object);
            }
            throw new UserException(file + " is not a JSON object.");
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new UserException(
                    file + at + " is not valid JSON: " + Printable.text(e.getOriginalMessage())
                            + ". Copy the file again from where the model was published.",
                    e);
        } catch (IOException e) {
            throw new UserException(file + " cannot be read as UTF-8 text: " + e.getMessage(), e);
        }
    }
}

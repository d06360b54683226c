package dev.tandem.io;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** JSON files of a model's folder. */
public final class ModelFolderJson {
    /** The largest tokenizers there are (256,000 tokens) have a sixth of this. */
    private static final int MAX_BYTES = 200_000_000;

    private ModelFolderJson() {}

    /** @throws UserException if the file is there but cannot be read, or is not a JSON object */
    public static Optional<ObjectNode> readOptional(Path file) {
        return InputFiles.isPresent(file) ? Optional.of(InputJson.object(file, MAX_BYTES)) : Optional.empty();
    }
}

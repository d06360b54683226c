package dev.tandem.io;

import dev.tandem.UserException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON that somebody else may have made. It is read strictly: a key may not appear twice (that has no agreed meaning),
 * and neither the nesting nor the number of values may exceed what the stack and the heap can hold.
 */
public final class InputJson {
    private static final int DEEPEST = 200;
    /** A header of a million tensors has 14 million. */
    private static final long MAX_TOKENS = 20_000_000;

    private static final int LONGEST_TEXT = 50_000_000;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxTokenCount(MAX_TOKENS)
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private InputJson() {}

    /** A mapper that reads by these rules. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads the JSON object that makes up a file.
     *
     * @param most maximum number of bytes
     * @throws UserException if it is absent, not a regular file, longer, or not one JSON object in UTF-8
     */
    public static ObjectNode object(Path file, int most) {
        try {
            if (MAPPER.readTree(InputFiles.text(file, most)) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            var at = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw new UserException(
                    file + at + " is not valid JSON: " + e.getOriginalMessage()
                            + ". Copy the file again from where it was published.",
                    e);
        }
        throw new UserException(file + " is not a JSON object.");
    }
}

package dev.tandem.tensor;

import dev.tandem.UserException;
import java.nio.file.Path;

/** A format that model directories hold weights in. */
public interface WeightsFormat {
    /** Whether a directory holds weights in this format. */
    boolean isIn(Path directory);

    /**
     * Opens and validates the weights of a directory.
     *
     * @throws UserException if files are malformed or missing
     */
    WeightsReader open(Path directory);
}

package dev.tandem.tensor.safetensors;

import dev.tandem.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** The opened weights of a model directory. Its tensors may be views of mapped files and must not outlive it. */
public interface WeightsReader extends AutoCloseable {
    /** Names of all tensors. */
    Set<String> names();

    /**
     * Shape of a tensor.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    long[] shape(String name);

    /**
     * A tensor in the dtype it is stored in.
     *
     * @throws UserException if weights cannot be loaded from that dtype
     * @throws IllegalArgumentException if there is none of that name
     */
    Tensor tensor(String name);

    /** The files that hold the tensors. */
    List<Path> paths();

    @Override
    void close();
}

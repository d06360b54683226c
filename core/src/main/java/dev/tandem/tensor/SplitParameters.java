package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/** Parameters of a model of which a rank keeps a share, and brings a unit's together when it is computed. */
public interface SplitParameters {
    /** Whether there are any of a unit. */
    boolean has(int unit);

    /** This rank's share of a unit, {@code [n]}. */
    Tensor share(int unit);

    /** Bytes that this rank keeps: its shares, and the buffers that units take turns in. */
    long bytes();

    /** Where the shares of all ranks are brought together, {@code [ranks · n]}; other units take turns in it. */
    Tensor whole(int unit);
}

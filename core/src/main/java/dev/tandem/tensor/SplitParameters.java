package dev.tandem.tensor;

import org.bytedeco.pytorch.Tensor;

/** Parameters of a model of which a rank keeps a share, and brings a unit's together when it is computed. */
public interface SplitParameters {
    /** Where parts and parameters begin, bytes: at multiples of every dtype's size, and of a cache line. */
    long ALIGNMENT = 64;

    /** The next multiple of a number, or the value itself if it is one. */
    static long roundedUp(long value, long multiple) {
        return (value + multiple - 1) / multiple * multiple;
    }

    /** Whether there are any of a unit. */
    boolean has(int unit);

    /** This rank's share of a unit, {@code [n]}. */
    Tensor share(int unit);

    /** Bytes that this rank keeps: its shares, and the buffers that units take turns in. */
    long bytes();

    /** Where the shares of all ranks are brought together, {@code [ranks · n]}; other units take turns in it. */
    Tensor whole(int unit);
}

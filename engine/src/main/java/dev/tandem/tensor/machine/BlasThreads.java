package dev.tandem.tensor.machine;

import org.bytedeco.openblas.global.openblas;

/**
 * Lets OpenBLAS use several threads while it is open. Elsewhere it is restricted to one (see {@link
 * NativeSetup}), because the engine's threads are the threads.
 */
public final class BlasThreads implements AutoCloseable {

    public BlasThreads(int count) {
        openblas.blas_set_num_threads(count);
    }

    @Override
    public void close() {
        openblas.blas_set_num_threads(1);
    }
}

package dev.tandem.train.bench;

import org.bytedeco.openblas.global.openblas;

/**
 * Lets OpenBLAS use several threads while it is open. Elsewhere it is restricted to one (see {@link
 * dev.tandem.tensor.NativeSetup}), because the engine's lanes are the threads.
 */
final class BlasThreads implements AutoCloseable {

    BlasThreads(int count) {
        openblas.blas_set_num_threads(count);
    }

    @Override
    public void close() {
        openblas.blas_set_num_threads(1);
    }
}

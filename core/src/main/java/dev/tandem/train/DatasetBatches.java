package dev.tandem.train;

import dev.tandem.data.BatchStream;
import dev.tandem.data.StreamState;

/** Batches of a data set, whose reference log-probs were computed before training. */
public final class DatasetBatches implements BatchSource {
    private final BatchStream stream;
    private final ReferenceLogProbs reference;

    /**
     * Batches in the order of a stream.
     *
     * @param stream this source's own
     * @param reference of all examples that the stream may give during the run
     */
    public DatasetBatches(BatchStream stream, ReferenceLogProbs reference) {
        this.stream = stream;
        this.reference = reference;
    }

    @Override
    public TrainingBatch peek() {
        return TrainingBatch.of(stream.peek(), reference);
    }

    @Override
    public TrainingBatch take() {
        return TrainingBatch.of(stream.take(), reference);
    }

    @Override
    public StreamState state() {
        return stream.state();
    }

    @Override
    public void restore(StreamState state) {
        stream.restore(state);
    }
}

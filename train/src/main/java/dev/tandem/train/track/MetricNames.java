package dev.tandem.train.track;

/**
 * Names of what a run records: the keys of the lines of {@code metrics.jsonl} and the tags of TensorBoard. They are part of a
 * file format: the records of old runs are read by them.
 */
public final class MetricNames {
    /** The file, in a run's folder. */
    public static final String FILE = "metrics.jsonl";

    /** The kind of line: {@link #DATA}, {@link #STEP} or {@link #EVALUATION}. */
    public static final String TYPE = "type";

    /** The line about what was read of the data. */
    public static final String DATA = "data";

    /** A line about an optimizer step; also the key of the step's number. */
    public static final String STEP = "step";

    /** A line about an evaluation. */
    public static final String EVALUATION = "evaluation";

    /** Names of the objectives that were stepped on, joined by {@code +}. */
    public static final String OBJECTIVE = "objective";

    /** Losses by objective name. */
    public static final String LOSSES = "losses";

    /** Loss − f* by objective name. */
    public static final String GAPS = "gaps";

    /** Norm of the gaps. */
    public static final String IDEAL_DISTANCE = "ideal_distance";

    /** Norm of the gradient before clipping. */
    public static final String GRAD_NORM = "grad_norm";

    /** Learning rate of the step. */
    public static final String LEARNING_RATE = "learning_rate";

    /** Tokens read in the step. */
    public static final String TOKENS = "tokens";

    /** Tokens trained in the step. */
    public static final String TRAINED_TOKENS = "trained_tokens";

    /** Seconds that the step or the evaluation took. */
    public static final String SECONDS = "seconds";

    /** True where a step changed no parameter. */
    public static final String SKIPPED = "skipped";

    /** Resident memory of the process, bytes. */
    public static final String MEMORY_BYTES = "memory_bytes";

    /** Further means by {@code objective/name}. */
    public static final String STATISTICS = "statistics";

    /** Numbers that the method's decision was based on. */
    public static final String NOTES = "notes";

    /** TensorBoard's tag of the gradient's norm. */
    public static final String TRAIN_GRAD_NORM = "train/grad_norm";

    /** TensorBoard's tag of the learning rate. */
    public static final String TRAIN_LEARNING_RATE = "train/learning_rate";

    /** TensorBoard's tag of the speed. */
    public static final String TRAIN_TOKENS_PER_SECOND = "train/tokens_per_second";

    /** TensorBoard's tag of the norm of the gaps. */
    public static final String EVAL_IDEAL_DISTANCE = "eval/ideal_distance";

    private static final String GAP_NOTE = "gap/";

    private MetricNames() {}

    /** TensorBoard's tag of an objective's training loss. */
    public static String trainLoss(String objective) {
        return trainStatistic(objective + "/loss");
    }

    /** TensorBoard's tag of a statistic of a step, called {@code objective/name}. */
    public static String trainStatistic(String statistic) {
        return "train/" + statistic;
    }

    /** TensorBoard's tag of a note of the method. */
    public static String methodNote(String note) {
        return "method/" + note;
    }

    /** TensorBoard's tag of an objective's evaluation loss. */
    public static String evalLoss(String objective) {
        return evalStatistic(objective + "/loss");
    }

    /** TensorBoard's tag of an objective's gap. */
    public static String evalGap(String objective) {
        return evalStatistic(objective + "/gap");
    }

    /** TensorBoard's tag of a statistic of an evaluation, called {@code objective/name}. */
    public static String evalStatistic(String statistic) {
        return "eval/" + statistic;
    }

    /** The note in which a method that uses gaps writes its weighted gap of an objective. */
    public static String gapNote(String objective) {
        return GAP_NOTE + objective;
    }

    /** Whether a note is a {@link #gapNote}. */
    public static boolean isGapNote(String note) {
        return note.startsWith(GAP_NOTE);
    }
}

package dev.tandem.train.event;

/**
 * What a run did for one objective.
 *
 * @param steps optimizer steps that trained it, alone or with others
 * @param tokens tokens that the model read in these steps for it
 * @param seconds of these steps; where a step trains several objectives, its part by tokens
 */
public record ObjectiveWork(int steps, long tokens, double seconds) {
    /** Nothing yet. */
    public static final ObjectiveWork NONE = new ObjectiveWork(0, 0, 0);

    /** This and one more step. */
    public ObjectiveWork plus(long stepTokens, double stepSeconds) {
        return new ObjectiveWork(steps + 1, tokens + stepTokens, seconds + stepSeconds);
    }
}

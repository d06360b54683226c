package dev.tandem.data.encoding;

import dev.tandem.data.example.TokenSequence;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The content of a kept row.
 *
 * @param sequences one sequence, or chosen and rejected; they may be on disk
 * @param label 1 desirable, 0 undesirable; absent unless the rows are labelled
 */
public record RowTokens(List<TokenSequence> sequences, OptionalDouble label) {}

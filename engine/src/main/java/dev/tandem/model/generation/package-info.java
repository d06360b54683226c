/** Text from a model: sampling, batches of ragged prompts, streams of characters. */
@NullMarked
package dev.tandem.model.generation;

import org.jspecify.annotations.NullMarked;

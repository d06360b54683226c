/** Hugging Face checkpoints in and out, merged adapters, random initialisation. */
@NullMarked
package dev.tandem.model.checkpoint;

import org.jspecify.annotations.NullMarked;

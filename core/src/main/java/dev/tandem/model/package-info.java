/** Decoder architectures, LoRA, the output head, Hugging Face checkpoints in and out, generation. */
@NullMarked
package dev.tandem.model;

import org.jspecify.annotations.NullMarked;

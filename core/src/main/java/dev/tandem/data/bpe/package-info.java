/** A small byte-level BPE trainer that writes the Hugging Face tokenizer files. */
@NullMarked
package dev.tandem.data.bpe;

import org.jspecify.annotations.NullMarked;

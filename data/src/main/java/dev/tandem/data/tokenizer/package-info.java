/** Tokenizers of models, with their special tokens and rules. */
@NullMarked
package dev.tandem.data.tokenizer;

import org.jspecify.annotations.NullMarked;

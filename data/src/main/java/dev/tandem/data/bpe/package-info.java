/** Training of byte-level BPE tokenizers, for models made from scratch. */
@NullMarked
package dev.tandem.data.bpe;

import org.jspecify.annotations.NullMarked;

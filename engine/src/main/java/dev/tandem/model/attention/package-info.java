/** Attention, with rotary embeddings, for training and with a cache of keys and values. */
@NullMarked
package dev.tandem.model.attention;

import org.jspecify.annotations.NullMarked;

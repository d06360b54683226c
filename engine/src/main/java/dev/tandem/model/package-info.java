/** A causal language model: decoder blocks over packed sequences, with their output head. */
@NullMarked
package dev.tandem.model;

import org.jspecify.annotations.NullMarked;

/** Evaluates what a model can do: answers to files of prompts, conversations. */
@NullMarked
package dev.tandem.eval;

import org.jspecify.annotations.NullMarked;

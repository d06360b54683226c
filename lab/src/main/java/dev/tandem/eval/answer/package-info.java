/** Answers of models to prompts, compared by reward or log-probs: win rates. */
@NullMarked
package dev.tandem.eval.answer;

import org.jspecify.annotations.NullMarked;

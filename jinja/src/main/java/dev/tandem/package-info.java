/**
 * Tandem: joint supervised fine-tuning and preference learning of causal language models. This package has the
 * exception that every layer throws for a user's mistake.
 */
@NullMarked
package dev.tandem;

import org.jspecify.annotations.NullMarked;

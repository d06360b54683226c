/** Tandem: joint supervised fine-tuning and preference learning of causal language models. */
@NullMarked
package dev.tandem;

import org.jspecify.annotations.NullMarked;

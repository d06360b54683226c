/**
 * Tandem: joint supervised fine-tuning and preference learning of causal language models. This package has what every
 * layer throws to its user.
 */
@NullMarked
package dev.tandem;

import org.jspecify.annotations.NullMarked;

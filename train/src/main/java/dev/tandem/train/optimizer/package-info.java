/** AdamW, learning rates, and gradients of several objectives side by side. */
@NullMarked
package dev.tandem.train.optimizer;

import org.jspecify.annotations.NullMarked;

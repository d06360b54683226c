/** The output head, tile by tile: log-probs of targets and their exact gradients without the whole logits. */
@NullMarked
package dev.tandem.model.head;

import org.jspecify.annotations.NullMarked;

/** Reports of a run while it trains: steps, evaluations, the result. */
@NullMarked
package dev.tandem.train.event;

import org.jspecify.annotations.NullMarked;

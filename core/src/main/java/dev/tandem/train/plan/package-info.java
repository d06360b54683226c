/** What a run on many ranks will need and take: memory, bytes and seconds, from shapes alone. */
@NullMarked
package dev.tandem.train.plan;

import org.jspecify.annotations.NullMarked;

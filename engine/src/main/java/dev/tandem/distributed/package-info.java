/** Processes that train together: collectives, rendezvous, heartbeats, and who was lost. */
@NullMarked
package dev.tandem.distributed;

import org.jspecify.annotations.NullMarked;

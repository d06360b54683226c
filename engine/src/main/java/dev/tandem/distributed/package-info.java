/** Processes that train together: collectives, rendezvous, heartbeats, and detection of lost ranks. */
@NullMarked
package dev.tandem.distributed;

import org.jspecify.annotations.NullMarked;

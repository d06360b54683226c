/** Answers concurrent requests with one model: a bounded queue in front of a batch that texts join and leave. */
@NullMarked
package dev.tandem.serve;

import org.jspecify.annotations.NullMarked;

/** Answers requests of many at once with one model: a bounded queue before a batch that texts join and leave. */
@NullMarked
package dev.tandem.serve;

import org.jspecify.annotations.NullMarked;

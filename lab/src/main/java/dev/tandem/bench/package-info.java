/** Benchmarks of training and generation against what the machine can do. */
@NullMarked
package dev.tandem.bench;

import org.jspecify.annotations.NullMarked;

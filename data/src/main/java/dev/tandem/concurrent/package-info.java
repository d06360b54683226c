/** Parallel tasks, and values computed once. */
@NullMarked
package dev.tandem.concurrent;

import org.jspecify.annotations.NullMarked;

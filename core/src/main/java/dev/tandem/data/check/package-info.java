/** Checks data files before training: lengths, dropped rows, repetitions, leaks, suspicious rows. */
@NullMarked
package dev.tandem.data.check;

import org.jspecify.annotations.NullMarked;

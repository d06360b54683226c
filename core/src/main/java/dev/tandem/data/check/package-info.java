/** What is in data files before anything is trained on them: lengths, drops, repetitions, leaks, suspicious rows. */
@NullMarked
package dev.tandem.data.check;

import org.jspecify.annotations.NullMarked;

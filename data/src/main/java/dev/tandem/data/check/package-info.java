/** What {@code tandem data check} finds in files: lengths, repetitions, suspicious text. */
@NullMarked
package dev.tandem.data.check;

import org.jspecify.annotations.NullMarked;

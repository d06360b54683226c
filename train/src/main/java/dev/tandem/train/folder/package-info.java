/** A run's folder: its files, its lock, its state, and the model it ended with. */
@NullMarked
package dev.tandem.train.folder;

import org.jspecify.annotations.NullMarked;

/** Training examples: token sequences, and what a row of each shape provides. */
@NullMarked
package dev.tandem.data.example;

import org.jspecify.annotations.NullMarked;

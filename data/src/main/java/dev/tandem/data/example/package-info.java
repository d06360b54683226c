/** Training examples: token sequences, and what a row of each shape gives. */
@NullMarked
package dev.tandem.data.example;

import org.jspecify.annotations.NullMarked;

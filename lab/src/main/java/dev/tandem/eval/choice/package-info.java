/** Multiple-choice questions. */
@NullMarked
package dev.tandem.eval.choice;

import org.jspecify.annotations.NullMarked;

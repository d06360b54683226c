/** Trained models as Hugging Face folders, checked against what was trained. */
@NullMarked
package dev.tandem.train.export;

import org.jspecify.annotations.NullMarked;

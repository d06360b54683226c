/** Model families, one file each: the names of their modules in checkpoints and the keys of their configs. */
@NullMarked
package dev.tandem.model.family;

import org.jspecify.annotations.NullMarked;

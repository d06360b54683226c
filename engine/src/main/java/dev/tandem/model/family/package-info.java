/** Model families: the names and config keys of each. One class a family. */
@NullMarked
package dev.tandem.model.family;

import org.jspecify.annotations.NullMarked;

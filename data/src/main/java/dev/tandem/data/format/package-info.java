/** Row formats: what columns a row has and how it becomes an example. One class a format. */
@NullMarked
package dev.tandem.data.format;

import org.jspecify.annotations.NullMarked;

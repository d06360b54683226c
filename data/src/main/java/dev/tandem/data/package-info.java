/** What a recipe says about data. */
@NullMarked
package dev.tandem.data;

import org.jspecify.annotations.NullMarked;

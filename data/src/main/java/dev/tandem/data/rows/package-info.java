/** Rows of files in any format that people have: JSON, CSV, Parquet, compressed or not, from untrusted sources. */
@NullMarked
package dev.tandem.data.rows;

import org.jspecify.annotations.NullMarked;

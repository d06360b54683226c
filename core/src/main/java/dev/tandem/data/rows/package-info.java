/** Files of rows: JSON, JSON lines, CSV and Parquet, plain or gzipped. */
@NullMarked
package dev.tandem.data.rows;

import org.jspecify.annotations.NullMarked;

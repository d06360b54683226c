/** Charts as PNG and SVG files. */
@NullMarked
package dev.tandem.cli.chart;

import org.jspecify.annotations.NullMarked;

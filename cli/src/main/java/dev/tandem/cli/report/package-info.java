/** {@code tandem report}: one page that needs no network, and figures for papers. */
@NullMarked
package dev.tandem.cli.report;

import org.jspecify.annotations.NullMarked;

/** {@code tandem chat}. */
@NullMarked
package dev.tandem.cli.chat;

import org.jspecify.annotations.NullMarked;

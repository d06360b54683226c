/** Parts that the servers share: the addresses they listen on, their own names, secrets. */
@NullMarked
package dev.tandem.cli.http;

import org.jspecify.annotations.NullMarked;

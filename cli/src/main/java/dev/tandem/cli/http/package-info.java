/** Parts that the servers share: the addresses they listen on, the host names they accept, access tokens. */
@NullMarked
package dev.tandem.cli.http;

import org.jspecify.annotations.NullMarked;

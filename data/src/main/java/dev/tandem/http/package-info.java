/** What all requests over the network share: repetitions and proxies. */
@NullMarked
package dev.tandem.http;

import org.jspecify.annotations.NullMarked;

/** A client of OpenAI-style chat APIs, with retries, limits, a cache and costs. */
@NullMarked
package dev.tandem.eval.judge.client;

import org.jspecify.annotations.NullMarked;

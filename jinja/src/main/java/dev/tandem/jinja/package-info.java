/** Chat templates of Hugging Face models: {@link dev.tandem.jinja.ChatTemplate} parses and renders them. */
@NullMarked
package dev.tandem.jinja;

import org.jspecify.annotations.NullMarked;

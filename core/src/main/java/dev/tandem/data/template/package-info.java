/** Chat templates: a small Jinja interpreter that renders them as the original Python tooling does. */
@NullMarked
package dev.tandem.data.template;

import org.jspecify.annotations.NullMarked;

package dev.tandem.data.template;

import java.util.List;

/**
 * The keys, values or items of a mapping: they can be iterated over and counted, but not indexed.
 *
 * @param type Python's name of the type
 */
record DictView(String type, List<Object> items) {}

package dev.tandem.data.encoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Numbers of dropped rows and of notes on kept rows, for reports. */
public final class RowRemarks {
    private RowRemarks() {}

    /**
     * Describes the numbers, one text for each reason and each note that occurs.
     *
     * @param dropped rows left out, by reason
     * @param notes notes on kept rows
     * @return texts such as {@code 1 dropped: no token to train}
     */
    public static List<String> texts(
            Map<DropReason, ? extends Number> dropped, Map<RowWarning, ? extends Number> notes) {
        var texts = new ArrayList<String>();
        for (var reason : DropReason.values()) {
            if (dropped.containsKey(reason)) {
                texts.add(String.format(Locale.ROOT, "%,d dropped: %s", dropped.get(reason), reason.text()));
            }
        }
        for (var note : RowWarning.values()) {
            if (notes.containsKey(note)) {
                texts.add(String.format(Locale.ROOT, "%,d: %s", notes.get(note), note.text()));
            }
        }
        return texts;
    }

    /** Numbers by the constants' names in lower case, in the order of the constants, as metrics write them. */
    public static <N extends Number> Map<String, N> byName(Map<? extends Enum<?>, N> counts) {
        var result = new LinkedHashMap<String, N>();
        counts.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getKey().ordinal()))
                .forEach(entry -> result.put(entry.getKey().name().toLowerCase(Locale.ROOT), entry.getValue()));
        return result;
    }
}

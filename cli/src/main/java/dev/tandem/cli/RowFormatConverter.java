package dev.tandem.cli;

import dev.tandem.data.RowFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Row formats as recipes spell them. */
final class RowFormatConverter implements ITypeConverter<RowFormat> {
    @Override
    public RowFormat convert(String value) {
        return Arrays.stream(RowFormat.values())
                .filter(format -> name(format).equals(value))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is no row format; known: "
                        + Arrays.stream(RowFormat.values())
                                .map(RowFormatConverter::name)
                                .collect(Collectors.joining(", "))));
    }

    static String name(RowFormat format) {
        return format.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

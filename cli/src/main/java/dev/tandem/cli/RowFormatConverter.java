package dev.tandem.cli;

import dev.tandem.data.RowFormat;
import dev.tandem.data.RowFormats;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Row formats as recipes spell them. */
final class RowFormatConverter implements ITypeConverter<RowFormat> {
    @Override
    public RowFormat convert(String value) {
        return RowFormats.named(value)
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is no row format; known: "
                        + RowFormats.names(RowFormats.ALL, format -> true)));
    }
}

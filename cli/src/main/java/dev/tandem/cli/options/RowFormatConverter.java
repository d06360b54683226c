package dev.tandem.cli.options;

import dev.tandem.data.format.RowFormat;
import dev.tandem.data.format.RowFormats;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Row formats as recipes spell them. */
public final class RowFormatConverter implements ITypeConverter<RowFormat> {
    @Override
    public RowFormat convert(String value) {
        return RowFormats.named(value)
                .orElseThrow(() -> new TypeConversionException("'" + value + "' is not a row format; known: "
                        + RowFormats.names(RowFormats.ALL, format -> true)));
    }
}

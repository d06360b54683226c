package dev.tandem.cli.options;

import dev.tandem.data.encoding.Overlong;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What happens to long responses, as recipes spell it. */
public final class OverlongConverter implements ITypeConverter<Overlong> {
    @Override
    public Overlong convert(String value) {
        return Overlong.named(value)
                .orElseThrow(() -> new TypeConversionException(
                        "'" + value + "' is not known; truncate, truncate-prompt or drop is expected"));
    }
}

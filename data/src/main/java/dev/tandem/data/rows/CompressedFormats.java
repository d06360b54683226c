package dev.tandem.data.rows;

import dev.tandem.UserException;
import java.util.HexFormat;
import java.util.Map;

/** Recognises archives and compressed files that cannot be read directly, regardless of their names. */
final class CompressedFormats {
    /** File types by their first bytes in hexadecimal. */
    private static final Map<String, String> KINDS = Map.of(
            "504b0304", "a zip archive; unpack it: unzip",
            "28b52ffd", "compressed by zstd; unpack it: zstd -d",
            "fd377a585a00", "compressed by xz; unpack it: xz -d",
            "425a6839", "compressed by bzip2; unpack it: bzip2 -d",
            "377abcaf271c", "a 7z archive; unpack it: 7z x",
            "4152524f5731", "an Arrow file; save the rows as Parquet or JSON lines, not as");

    private CompressedFormats() {}

    /** @throws UserException if the file is one of them */
    static void refuse(FileBytes bytes) {
        KINDS.forEach((magic, kind) -> {
            if (bytes.startsWith(HexFormat.of().parseHex(magic))) {
                throw new UserException(bytes.name() + " is " + kind + " " + bytes.name()
                        + ". Readable are: JSON, JSON lines, CSV, TSV (also gzipped) and Parquet.");
            }
        });
    }
}

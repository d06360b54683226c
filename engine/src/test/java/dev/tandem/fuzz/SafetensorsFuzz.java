package dev.tandem.fuzz;

import dev.tandem.UserException;
import dev.tandem.tensor.safetensors.SafetensorsHeader;

/** Any bytes are a safetensors file whose tensors cover its data exactly, or are refused. */
public final class SafetensorsFuzz {
    private SafetensorsFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        SafetensorsHeader header;
        try {
            header = SafetensorsHeader.read(FuzzFile.of("model.safetensors", input));
        } catch (UserException e) {
            return;
        }
        var covered = 0L;
        for (var entry : header.entries().values()) {
            var size = entry.shape().stream().reduce((long) entry.dtype().bytes(), Math::multiplyExact);
            if (entry.begin() < 0 || size != entry.end() - entry.begin()) {
                throw new AssertionError("a tensor that does not fill its place: " + entry);
            }
            covered += size;
        }
        if (header.dataStart() + covered != input.length) {
            throw new AssertionError("tensors cover " + covered + " bytes from " + header.dataStart());
        }
    }
}

package dev.tandem.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with the examples of FIPS 180-4. */
class Sha256Test {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String MILLION = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

    @TempDir
    Path folder;

    @Test
    void digestsTextsAndFiles() throws IOException {
        assertThat(Sha256.of("abc")).hasSize(Sha256.LENGTH);
        assertThat(Sha256.hex(Sha256.of("abc"))).isEqualTo(ABC);
        var file = Files.writeString(folder.resolve("file"), "abc");
        assertThat(Sha256.hex(file)).isEqualTo(ABC);
        Files.writeString(file, "a".repeat(1_000_000));
        assertThat(Sha256.hex(file)).isEqualTo(MILLION);
        var digest = Sha256.start();
        Sha256.update(digest, file);
        assertThat(Sha256.hex(digest.digest())).isEqualTo(MILLION);
    }

    @Test
    void listsThatJoinAlikeDiffer() {
        assertThat(Sha256.of(List.of("ab", "c"))).isNotEqualTo(Sha256.of(List.of("a", "bc")));
        assertThat(Sha256.of(List.of("abc"))).isNotEqualTo(Sha256.of("abc"));
        assertThat(Sha256.of(List.of())).isEqualTo(Sha256.start().digest());
    }
}

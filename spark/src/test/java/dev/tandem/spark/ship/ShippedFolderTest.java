package dev.tandem.spark.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "POSIX permissions")
class ShippedFolderTest {
    @TempDir
    private Path parent;

    @Test
    void isTheUsersAlone() throws IOException {
        var folder = ShippedFolder.created(parent.resolve("shipped"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        assertThat(ShippedFolder.created(folder)).isEqualTo(folder);
    }

    @Test
    void refusesWhatOthersMayWriteTo() throws IOException {
        var folder = Files.createDirectory(parent.resolve("shipped"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> ShippedFolder.created(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Remove it");
    }

    @Test
    void refusesALinkToSomewhereElse() throws IOException {
        var link = Files.createSymbolicLink(parent.resolve("shipped"), Files.createDirectory(parent.resolve("real")));

        assertThatThrownBy(() -> ShippedFolder.created(link))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a folder");
    }
}

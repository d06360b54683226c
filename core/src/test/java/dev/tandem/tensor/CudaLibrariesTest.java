package dev.tandem.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tandem.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
    @TempDir
    Path folder;

    @Test
    void librariesAreLookedForWhereToolkitsAndPackagesKeepThem() throws IOException {
        var toolkit = library("installed/cuda-13.0/lib64", CudaLibrary.CUBLAS);
        var cupti = library("home/extras/CUPTI/lib64", CudaLibrary.CUPTI);
        var packaged = library("packages/cudnn/lib", CudaLibrary.CUDNN);
        var plain = library("plain", CudaLibrary.NCCL);
        library("installed/cuda-12.4/lib64", CudaLibrary.CUFFT);
        var folders = CudaFolders.of(
                Map.of(
                        "CUDA_HOME",
                        folder.resolve("home").toString(),
                        CudaFolders.VARIABLE,
                        folder.resolve("plain") + java.io.File.pathSeparator + folder.resolve("packages")),
                folder.resolve("installed"));
        assertThat(CudaFolders.find(folders.named(), plain.getFileName().toString()))
                .contains(plain);
        assertThat(CudaFolders.find(folders.named(), packaged.getFileName().toString()))
                .contains(packaged);
        assertThat(CudaFolders.find(folders.usual(), cupti.getFileName().toString()))
                .contains(cupti);
        assertThat(CudaFolders.find(folders.usual(), toolkit.getFileName().toString()))
                .contains(toolkit);
        assertThat(CudaFolders.find(folders.usual(), CudaLibrary.CUFFT.fileName()))
                .as("CUDA 12 is another")
                .isEmpty();
        assertThat(folders.existing()).contains(folder.resolve("plain"), folder.resolve("home/extras/CUPTI/lib64"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsMissingIsNamedWithWhatToInstall() throws IOException {
        var notALibrary = library("broken", CudaLibrary.CUSPARSE);
        var libraries = new CudaLibraries(CudaFolders.of(
                Map.of(CudaFolders.VARIABLE, notALibrary.getParent().toString()), folder.resolve("none")));
        // names that no system has
        assertThatThrownBy(() -> libraries.load(List.of(CudaLibrary.CUSPARSE)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("CUDA Toolkit 13: libcusparse.so.12")
                .hasMessageContaining("Searched in: " + notALibrary.getParent())
                .hasMessageContaining("file too short")
                .hasMessageContaining("TANDEM_CUDA_PATH")
                .hasMessageContaining("unset TANDEM_GPU");
        assertThatCode(() -> libraries.load(List.of())).doesNotThrowAnyException();
    }

    private Path library(String where, CudaLibrary library) throws IOException {
        return Files.createFile(Files.createDirectories(folder.resolve(where)).resolve(library.fileName()));
    }
}

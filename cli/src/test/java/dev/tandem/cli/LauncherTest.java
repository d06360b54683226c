package dev.tandem.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tandem.testing.ChildProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a home folder of its own, with JDKs and a Maven that only print their arguments. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @RegisterExtension
    final ChildProcesses processes = ChildProcesses.ofEachTest();

    @TempDir
    Path folder;

    private Path house;

    private record Outcome(int code, String out) {}

    /** More variables for the launcher. */
    private final Map<String, String> environment = new java.util.HashMap<>();

    @BeforeEach
    void buildTheHouse() throws IOException {
        house = folder.resolve("the house");
        for (var directory : new String[] {"jinja/src/main", "cli/src/main", "cli/target", "jinja/target"}) {
            Files.createDirectories(house.resolve(directory));
        }
        for (var pom : new String[] {"pom.xml", "jinja/pom.xml", "cli/pom.xml"}) {
            Files.writeString(house.resolve(pom), "<project/>");
        }
        Files.copy(Path.of("..", "tandem"), house.resolve("tandem"), StandardCopyOption.COPY_ATTRIBUTES);
        script(
                folder.resolve("bin/mvn"),
                "echo built >> \"" + house
                        + "/builds\"; mkdir -p cli/target; echo libs > cli/target/launcher.classpath");
    }

    @Test
    void refusesAnOldJavaHome() throws Exception {
        assertThat(run(jdk("11.0.2"), "--help"))
                .satisfies(o -> assertThat(o.code).isEqualTo(2))
                .satisfies(o -> assertThat(o.out).contains("not a JDK 17 or newer"));
    }

    @Test
    void buildsOnceAndAgainWhenSourcesChanged() throws Exception {
        var jdk = jdk("17.0.1");
        assertThat(run(jdk, "--help").out).contains("tandem: building").contains("dev.tandem.cli.Main --help");
        assertThat(run(jdk, "--help").out).doesNotContain("building");
        assertThat(builds()).isEqualTo(1);
        // file systems may count whole seconds
        Thread.sleep(1_100);
        Files.writeString(house.resolve("jinja/src/main/New.java"), "class New {}");
        assertThat(run(jdk, "--help").out).contains("tandem: building");
        assertThat(builds()).isEqualTo(2);
    }

    @Test
    void buildsForGpusWhenAsked() throws Exception {
        var jdk = jdk("17.0.1");
        script(
                folder.resolve("bin/mvn"),
                "echo \"$@\" >> \"" + house + "/builds\"; case \"$*\" in *-Pgpu*) natives=-gpu ;; *) natives= ;; esac;"
                        + " mkdir -p cli/target; echo a/pytorch-2-linux-x86_64$natives.jar > cli/target/launcher.classpath");
        environment.put("TANDEM_GPU", "1");
        assertThat(run(jdk, "--help").out).contains("tandem: building").contains("-gpu.jar");
        assertThat(run(jdk, "--help").out).doesNotContain("building");
        environment.clear();
        assertThat(run(jdk, "--help").out).contains("tandem: building").doesNotContain("-gpu.jar");
        environment.put("TANDEM_GPU", "yes");
        assertThat(run(jdk, "--help").code).isEqualTo(2);
        assertThat(Files.readString(house.resolve("builds")).lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("-Pgpu");
    }

    @Test
    void showsWhyABuildFailed() throws Exception {
        script(folder.resolve("bin/mvn"), "echo 'cannot find symbol'; exit 1");
        assertThat(run(jdk("21"), "--help"))
                .satisfies(o -> assertThat(o.code).isEqualTo(2))
                .satisfies(o -> assertThat(o.out).contains("cannot find symbol").contains("the build failed"));
        assertThat(house.resolve("target/build.lock")).doesNotExist();
    }

    @Test
    void forwardsArgumentsAndExitCodesAndTunesTheNatives() throws Exception {
        var outcome = run(jdk("25"), "train", "a file.yaml", "--set", "x=[1, 2]");
        assertThat(outcome.code).isEqualTo(7);
        assertThat(outcome.out)
                .contains("dev.tandem.cli.Main train a file.yaml --set x=[1, 2]")
                .contains("threads=1 core=")
                .contains("--enable-native-access=ALL-UNNAMED");
        assertThat(run(jdk("17"), "x").out).doesNotContain("--enable-native-access");
    }

    private long builds() throws IOException {
        return Files.readAllLines(house.resolve("builds")).size();
    }

    /** A JDK that prints how it was called and exits with 7. */
    private Path jdk(String version) throws IOException {
        var home = folder.resolve("jdk-" + version);
        script(
                home.resolve("bin/java"),
                "echo \"$@\"; echo threads=$OPENBLAS_NUM_THREADS core=$OPENBLAS_CORETYPE; exit 7");
        script(home.resolve("bin/javac"), "exit 0");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Outcome run(Path javaHome, String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>();
        command.add(house.resolve("tandem").toString());
        command.addAll(java.util.List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "JAVA_HOME",
                        javaHome.toString(),
                        "OPENBLAS_CORETYPE",
                        "Haswell",
                        "PATH",
                        folder.resolve("bin") + ":" + System.getenv("PATH")));
        builder.environment().remove("TANDEM_GPU");
        builder.environment().putAll(environment);
        var process = processes.start(builder);
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), out);
    }
}

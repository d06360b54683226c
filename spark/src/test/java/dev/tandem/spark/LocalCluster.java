package dev.tandem.spark;

import dev.tandem.testing.ChildProcesses;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** A standalone cluster on this machine: a master and workers of two cores, in processes of their own, from Maven's jars. */
final class LocalCluster {
    private static final String CLASS_PATH = Stream.of(
                    System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));

    private final Path home;
    private final int port = freePort();
    private final ChildProcesses processes;
    private final List<Process> workers = new ArrayList<>();

    /**
     * Starts a cluster.
     *
     * @param processes ends it, and the executors of its workers
     * @param folder for Spark's home and its work
     */
    LocalCluster(ChildProcesses processes, Path folder, int count) throws IOException {
        this.processes = processes;
        home = home(folder);
        java("org.apache.spark.deploy.master.Master", "--port", String.valueOf(port));
        for (var worker = 0; worker < count; worker++) {
            var work = folder.resolve("work-" + worker).toString();
            workers.add(java(
                    "org.apache.spark.deploy.worker.Worker",
                    "--cores",
                    "2",
                    "--memory",
                    "2g",
                    "--work-dir",
                    work,
                    "spark://127.0.0.1:" + port));
        }
    }

    /** Executors require a release, or they search for a build of Spark's sources; their class path is ours. */
    private static Path home(Path folder) throws IOException {
        var home = Files.createDirectories(folder.resolve("spark"));
        Files.createFile(home.resolve("RELEASE"));
        Files.createDirectory(home.resolve("jars"));
        return home;
    }

    private Process java(String type, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(List.of("-cp", CLASS_PATH, type, "--host", "127.0.0.1", "--webui-port", "0"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        return processes.start(builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolveSibling("cluster.log").toFile())));
    }

    /** A session with two executors of one core. */
    SparkSession session() {
        return SparkSession.builder()
                .master("spark://127.0.0.1:" + port)
                .appName("test")
                .config("spark.ui.enabled", "false")
                .config("spark.cores.max", "2")
                .config("spark.executor.cores", "1")
                .config("spark.executor.memory", "512m")
                .config("spark.executor.extraClassPath", CLASS_PATH)
                .config("spark.executor.extraJavaOptions", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.scheduler.barrier.maxConcurrentTasksCheck.interval", "1s")
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
    }

    /**
     * Kills a worker that has an executor, and the executor, as when a machine fails; the rank beside it must end by
     * itself.
     */
    void killWorkerAtWork() {
        var victim = workers.stream()
                .filter(worker ->
                        worker.isAlive() && worker.children().findAny().isPresent())
                .findFirst()
                .orElseThrow();
        var executors = victim.children().toList();
        victim.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
    }

    String log() throws IOException {
        return Files.readString(home.resolveSibling("cluster.log"));
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

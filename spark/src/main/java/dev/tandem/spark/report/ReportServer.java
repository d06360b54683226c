package dev.tandem.spark.report;

import dev.tandem.UserException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * Receives the reports of a run on the driver: rank 0 of every attempt connects and sends its output and, where the
 * driver does not see the run's folder, the run's metrics.
 */
public final class ReportServer implements AutoCloseable {
    private static final int TOKEN_BYTES = 32;

    private final ServerSocket server;
    private final ReportAddress address;
    private final MirroredRun copy;
    private final boolean always;
    private final Consumer<String> lines;
    private final List<Socket> connections = new ArrayList<>();
    private boolean stopped;

    private ReportServer(
            ServerSocket server, ReportAddress address, MirroredRun copy, boolean always, Consumer<String> lines) {
        this.server = server;
        this.address = address;
        this.copy = copy;
        this.always = always;
        this.lines = lines;
    }

    /**
     *
     * Starts to listen.
     *
     * @param host as executors reach this machine
     * @param port 0: any free one
     * @param copy the folder for the copy of the run's files
     * @param always whether to copy even if this machine sees the run's folder
     * @param lines receives the output of rank 0, on other threads
     * @throws UserException if the port is taken
     */
    public static ReportServer open(String host, int port, Path copy, boolean always, Consumer<String> lines) {
        try {
            var socket = new ServerSocket(port);
            var token = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(token);
            var address = new ReportAddress(
                    host, socket.getLocalPort(), HexFormat.of().formatHex(token));
            var result = new ReportServer(socket, address, new MirroredRun(copy), always, lines);
            start(result::accept, "listener for ranks");
            return result;
        } catch (IOException e) {
            throw new UserException("Cannot listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    /** The address at which executors reach this server. */
    public ReportAddress address() {
        return address;
    }

    private static void start(Runnable work, String name) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                start(() -> receive(socket), "report of rank 0");
            } catch (IOException e) {
                // closed, or a connection that ended before it was accepted
                continue;
            }
        }
    }

    private void receive(Socket socket) {
        try (socket) {
            socket.setSoTimeout(Frames.GREETING_MILLIS);
            var in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
            if (!isToken(in.readUTF())) {
                return;
            }
            var probe = Path.of(in.readUTF());
            var seen = !always && Files.exists(probe);
            socket.getOutputStream().write(seen ? 1 : 0);
            socket.setSoTimeout(0);
            greeted(socket);
            while (true) {
                frame(in);
            }
        } catch (EOFException e) {
            // the rank has ended; Spark reports how
            return;
        } catch (IOException | UserException e) {
            if (!server.isClosed()) {
                lines.accept("The connection that rank 0 reports over broke: " + e.getMessage());
            }
        }
    }

    private boolean isToken(String text) {
        return MessageDigest.isEqual(
                text.getBytes(StandardCharsets.UTF_8), address.token().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized void greeted(Socket socket) throws IOException {
        connections.add(socket);
        if (stopped) {
            socket.getOutputStream().write(Frames.STOP);
        }
    }

    private void frame(DataInputStream in) throws IOException {
        switch (in.readUnsignedByte()) {
            case Frames.LINE -> lines.accept(in.readUTF());
            case Frames.REPLACE -> copy.replace(in.readUTF(), bytes(in));
            case Frames.APPEND -> copy.append(in.readUTF(), in.readLong(), bytes(in));
            default -> throw new IOException("it sent data that is not a report");
        }
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        var length = in.readInt();
        if (length < 0 || length > Frames.MAX_BYTES) {
            throw new IOException("it sent a piece of " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    /** Asks the ranks to stop after their step, now or as soon as they connect. */
    public synchronized void stop() {
        stopped = true;
        for (var socket : connections) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(Frames.STOP);
            } catch (IOException e) {
                // the connection of an earlier attempt
                continue;
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var socket : List.copyOf(connections)) {
                socket.close();
            }
        } catch (IOException e) {
            // the port is closed with the process
            return;
        }
    }
}

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
 * The driver's ear for a run: rank 0 of every attempt connects, says what it prints, and sends the run's metrics where the
 * driver does not see the run's folder.
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
     * Begins to listen.
     *
     * @param host as executors reach this machine
     * @param port 0: any free one
     * @param copy where the run's files are kept
     * @param always false: only if this machine does not see the run's folder
     * @param lines told what rank 0 prints, on other threads
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

    /** Where executors reach it. */
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
                start(() -> hear(socket), "report of rank 0");
            } catch (IOException e) {
                // closed, or a connection that was gone before it was there
                continue;
            }
        }
    }

    private void hear(Socket socket) {
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
            // the rank has ended; how, Spark tells
            return;
        } catch (IOException | UserException e) {
            if (!server.isClosed()) {
                lines.accept("The report of rank 0 broke off: " + e.getMessage());
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
            default -> throw new IOException("it sent what is no report");
        }
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        var length = in.readInt();
        if (length < 0 || length > Frames.MOST_BYTES) {
            throw new IOException("it sent a piece of " + length + " bytes");
        }
        return in.readNBytes(length);
    }

    /** Asks the ranks to stop after their step, now or as soon as they are there. */
    public synchronized void stop() {
        stopped = true;
        for (var socket : connections) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(Frames.STOP);
            } catch (IOException e) {
                // an earlier attempt's
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
            // the port goes with the process
            return;
        }
    }
}

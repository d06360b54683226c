package dev.tandem.spark.report;

import dev.tandem.UserException;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;

/**
 * Rank 0's connection to the driver. It carries the rank's output and, where the driver does not see the run's folder,
 * the run's files. A broken connection does no harm: the run continues, and its folder holds everything.
 */
public final class ReportConnection implements AutoCloseable {
    private final Socket socket;
    private final DataOutputStream out;
    private final RunMirror mirror;
    private final boolean shared;
    private volatile boolean stopRequested;
    private volatile boolean broken;

    private ReportConnection(Socket socket, Path folder, Path probe, String token) throws IOException {
        this.socket = socket;
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), Frames.MAX_BYTES));
        this.mirror = new RunMirror(folder, this::piece);
        out.writeUTF(token);
        out.writeUTF(probe.toString());
        out.flush();
        socket.setSoTimeout(Frames.GREETING_MILLIS);
        var in = new DataInputStream(socket.getInputStream());
        this.shared = in.readBoolean();
        socket.setSoTimeout(0);
        var listener = new Thread(() -> listen(in), "requests of the driver");
        listener.setDaemon(true);
        listener.start();
    }

    /**
     * Connects to the driver.
     *
     * @param folder the run's
     * @param probe a file in it: a driver that sees it needs no copy
     * @throws UserException if the driver does not answer
     */
    public static ReportConnection open(ReportAddress address, Path folder, Path probe) {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(address.host(), address.port()), Frames.GREETING_MILLIS);
            return new ReportConnection(socket, folder, probe, address.token());
        } catch (IOException e) {
            close(socket);
            throw new UserException(
                    "Rank 0 cannot reach the driver at " + address + " (" + e.getMessage() + "). Executors must reach"
                            + " this port of the driver's host; --report-port chooses it, spark.driver.host the host.",
                    e);
        }
    }

    private void listen(DataInputStream in) {
        try {
            for (var request = in.read(); request >= 0; request = in.read()) {
                stopRequested |= request == Frames.STOP;
            }
        } catch (IOException e) {
            broken = true;
        }
    }

    /** Whether the driver asked the ranks to stop. */
    public boolean stopRequested() {
        return stopRequested;
    }

    /** Sends a line of output. */
    public void line(String line) {
        send(() -> {
            out.writeByte(Frames.LINE);
            out.writeUTF(line.length() > Frames.MAX_CHARACTERS ? line.substring(0, Frames.MAX_CHARACTERS) : line);
        });
    }

    /** Sends the news in the run's folder, unless the driver sees that folder. */
    public void mirror() {
        if (!shared && !broken) {
            mirror.look();
        }
    }

    private void piece(String name, long from, byte[] bytes) {
        send(() -> {
            out.writeByte(from == 0 ? Frames.REPLACE : Frames.APPEND);
            out.writeUTF(name);
            if (from > 0) {
                out.writeLong(from);
            }
            out.writeInt(bytes.length);
            out.write(bytes);
        });
    }

    private interface Sending {
        void send() throws IOException;
    }

    private synchronized void send(Sending frame) {
        if (broken) {
            return;
        }
        try {
            frame.send();
            out.flush();
        } catch (IOException e) {
            broken = true;
        }
    }

    @Override
    public void close() {
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing further is sent
            return;
        }
    }
}

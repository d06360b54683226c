package dev.tandem.train.track;

import com.google.protobuf.CodedOutputStream;
import dev.tandem.UserException;
import dev.tandem.io.AppendedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: TFRecord frames ({@code length, crc, data, crc}) around {@code tensorflow.Event} messages
 * with scalar summaries ({@code event.proto}, {@code summary.proto}).
 */
final class TensorBoardFile implements AutoCloseable {
    private static final String VERSION = "brain.Event:2";
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;

    private final AppendedFile records;
    private final Clock clock;

    private TensorBoardFile(AppendedFile records, Clock clock) {
        this.records = records;
        this.clock = clock;
    }

    /**
     * Starts an event file in a log directory.
     *
     * @param firstStep steps done before; TensorBoard drops what other files of the folder say of later ones
     * @param clock times of the events
     */
    static TensorBoardFile create(Path directory, int firstStep, Clock clock) {
        var millis = clock.millis();
        var name = String.format("events.out.tfevents.%010d.tandem.%d", millis / 1000, millis % 1000);
        try {
            Files.createDirectories(directory);
            var file = new TensorBoardFile(
                    AppendedFile.open(
                            directory.resolve(name), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)),
                    clock);
            file.event(0, out -> out.writeString(EVENT_FILE_VERSION, VERSION));
            if (firstStep > 0) {
                file.event(
                        firstStep,
                        out -> out.writeByteArray(
                                EVENT_SESSION_LOG, message(log -> log.writeEnum(SESSION_STATUS, SESSION_START))));
            }
            return file;
        } catch (IOException e) {
            throw new UserException("Cannot write TensorBoard events to " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Adds a scalar. */
    void scalar(String tag, int step, double value) {
        var summary = message(out -> out.writeByteArray(SUMMARY_VALUE, message(v -> {
            v.writeString(VALUE_TAG, tag);
            v.writeFloat(VALUE_SIMPLE, (float) value);
        })));
        event(step, out -> out.writeByteArray(EVENT_SUMMARY, summary));
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private void event(int step, Fields fields) {
        frame(message(out -> {
            out.writeDouble(EVENT_WALL_TIME, clock.millis() / 1000.0);
            out.writeInt64(EVENT_STEP, step);
            fields.write(out);
        }));
    }

    private static byte[] message(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void frame(byte[] data) {
        var frame = ByteBuffer.allocate(8 + 4 + data.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(data.length);
        frame.putInt(maskedCrc(frame.array(), 8));
        frame.put(data);
        frame.putInt(maskedCrc(data, data.length));
        frame.flip();
        try {
            records.append(frame);
        } catch (IOException e) {
            throw new UserException(
                    "Cannot write TensorBoard events: " + e.getMessage() + ". The disk may be full.", e);
        }
    }

    /** TFRecord's masked CRC-32C: rotated right by 15 bits, plus a constant. */
    private static int maskedCrc(byte[] data, int length) {
        var crc = new CRC32C();
        crc.update(data, 0, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

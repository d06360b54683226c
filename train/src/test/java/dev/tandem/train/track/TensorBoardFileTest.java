package dev.tandem.train.track;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads event files back with a reader written from the format's description, byte by byte. */
class TensorBoardFileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private record Event(double wallTime, long step, String version, String tag, float value, boolean sessionStart) {}

    @Test
    void holdsTheVersionAndEveryScalar() throws IOException {
        try (var file = TensorBoardFile.create(folder, 0, CLOCK)) {
            file.scalar("train/sft/loss", 0, 2.5);
            file.scalar("eval/ideal_distance", 1_000_000, -0.125);
        }
        var events = read();
        assertThat(events)
                .containsExactly(
                        new Event(1_700_000_000.25, 0, "brain.Event:2", "", 0, false),
                        new Event(1_700_000_000.25, 0, "", "train/sft/loss", 2.5f, false),
                        new Event(1_700_000_000.25, 1_000_000, "", "eval/ideal_distance", -0.125f, false));
    }

    @Test
    void aResumedRunSaysFromWhichStepOnItCounts() throws IOException {
        TensorBoardFile.create(folder, 7, CLOCK).close();
        assertThat(read()).last().isEqualTo(new Event(1_700_000_000.25, 7, "", "", 0, true));
    }

    private List<Event> read() throws IOException {
        try (var files = Files.list(folder)) {
            var file = files.toList().get(0);
            assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.1700000000.");
            var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            var events = new ArrayList<Event>();
            while (bytes.hasRemaining()) {
                var header = new byte[8];
                bytes.get(header);
                assertThat(bytes.getInt()).isEqualTo(masked(header));
                var data = new byte
                        [Math.toIntExact(ByteBuffer.wrap(header)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getLong())];
                bytes.get(data);
                assertThat(bytes.getInt()).isEqualTo(masked(data));
                events.add(event(data));
            }
            return events;
        }
    }

    private static Event event(byte[] data) throws IOException {
        var in = CodedInputStream.newInstance(data);
        var wallTime = 0.0;
        var step = 0L;
        var version = "";
        var tag = "";
        var value = 0f;
        var start = false;
        for (var key = in.readTag(); key != 0; key = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(key)) {
                case 1 -> wallTime = in.readDouble();
                case 2 -> step = in.readInt64();
                case 3 -> version = in.readString();
                case 5 -> {
                    var summary = CodedInputStream.newInstance(in.readByteArray());
                    assertThat(WireFormat.getTagFieldNumber(summary.readTag())).isEqualTo(1);
                    var scalar = CodedInputStream.newInstance(summary.readByteArray());
                    assertThat(WireFormat.getTagFieldNumber(scalar.readTag())).isEqualTo(1);
                    tag = scalar.readString();
                    assertThat(WireFormat.getTagFieldNumber(scalar.readTag())).isEqualTo(2);
                    value = scalar.readFloat();
                }
                case 7 -> {
                    var log = CodedInputStream.newInstance(in.readByteArray());
                    assertThat(WireFormat.getTagFieldNumber(log.readTag())).isEqualTo(1);
                    start = log.readEnum() == 1;
                }
                default -> throw new AssertionError("unexpected field");
            }
        }
        return new Event(wallTime, step, version, tag, value, start);
    }

    /** CRC-32C bit by bit (Castagnoli, reflected), masked as TFRecord masks it. */
    private static int masked(byte[] data) {
        var crc = 0xffffffff;
        for (var b : data) {
            crc ^= b & 0xff;
            for (var i = 0; i < 8; i++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }
}

package dev.tandem.model.head;

import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * How the output head partitions its {@code [tokens, vocabulary]} logits into tiles, of which one at a time is in
 * memory.
 *
 * @param rows maximum number of tokens in a tile
 * @param columns maximum number of vocabulary entries in a tile
 */
public record HeadTiles(int rows, int columns) {
    /** A tile of 8 MiB on a CPU: matrix products run at full speed and the softmax finds the tile in the cache. */
    private static final int CPU_ROWS = 1024;

    private static final int CPU_COLUMNS = 2048;
    /** A tile of 256 MiB on a GPU, for few kernel launches. */
    private static final int GPU_ROWS = 2048;

    private static final int GPU_COLUMNS = 1 << 15;

    public HeadTiles {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException("tile of " + rows + " × " + columns);
        }
    }

    /** Tiles that are fast on a device. */
    public static HeadTiles of(Device device) {
        return device.is_cpu() ? onCpu() : onGpu();
    }

    /** Tiles that are fast on a CPU. */
    public static HeadTiles onCpu() {
        return new HeadTiles(CPU_ROWS, CPU_COLUMNS);
    }

    /** Tiles that are fast on a GPU. */
    public static HeadTiles onGpu() {
        return new HeadTiles(GPU_ROWS, GPU_COLUMNS);
    }

    /** These tiles with another maximum number of tokens. */
    public HeadTiles withRows(int most) {
        return new HeadTiles(most, columns);
    }

    /** Maximum size of one tile's logits, bytes. */
    public long bytes(int vocabSize) {
        return (long) rows * Math.min(columns, vocabSize) * Float.BYTES;
    }

    /** Ranges of tokens, of about equal size. */
    List<Range> rowsOf(long tokens) {
        return parts(tokens, rows, 1);
    }

    /** Ranges of vocabulary entries, of about equal size. */
    List<Range> columnsOf(long vocabSize) {
        return parts(vocabSize, columns, 64); // a multiple of the width of vector instructions
    }

    private static List<Range> parts(long size, long most, long multiple) {
        var ranges = new ArrayList<Range>();
        if (size > 0) {
            var count = (size + most - 1) / most;
            var even = (size + count - 1) / count;
            var step = Math.min(most, (even + multiple - 1) / multiple * multiple);
            for (var from = 0L; from < size; from += step) {
                ranges.add(new Range(from, Math.min(step, size - from)));
            }
        }
        return ranges;
    }

    /**
     * A range of tokens or of vocabulary entries.
     *
     * @param from first
     * @param size how many
     */
    record Range(long from, long size) {

        /** These rows of a tensor, a view. */
        Tensor of(Tensor tensor) {
            return tensor.narrow(0, from, size);
        }

        /** These elements, {@code [size, 1]}, float32. */
        Tensor column(float[] all, Device device) {
            return Tensors.of(Arrays.copyOfRange(all, (int) from, (int) (from + size)), device, size, 1);
        }

        /** These elements, {@code [size, 1]}, int64. */
        Tensor column(int[] all, Device device) {
            return Tensors.of(Arrays.copyOfRange(all, (int) from, (int) (from + size)), device)
                    .unsqueeze(1);
        }
    }
}

package dev.tandem.train.checkpoint;

import dev.tandem.UserException;
import dev.tandem.io.AtomicFiles;
import dev.tandem.io.InputJson;
import dev.tandem.tensor.DType;
import dev.tandem.tensor.flat.FlatLayout.Piece;
import dev.tandem.tensor.safetensors.SafetensorsFile;
import dev.tandem.tensor.safetensors.SafetensorsWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The part of a checkpoint that one rank writes: some elements of some parameters, and both moments of these. A JSON file
 * beside the tensors lists them, so that any number of ranks can collect what they need from the files of any other number.
 *
 * @param pieces elements of parameters, one piece of a parameter at most
 */
record CheckpointShard(List<SavedPiece> pieces) {
    private static final int MAX_JSON_BYTES = 100_000_000;
    private static final String STEP = "step";

    CheckpointShard {
        pieces = List.copyOf(pieces);
    }

    /** The values that are kept of every element. */
    enum Kind {
        PARAMETER,
        FIRST_MOMENT,
        SECOND_MOMENT;

        String tensor(String parameter) {
            return name().toLowerCase(Locale.ROOT) + "." + parameter;
        }
    }

    /**
     * Elements of a parameter.
     *
     * @param from first of them
     * @param count how many
     */
    record SavedPiece(String name, long from, long count) {}

    /** The file of tensors. */
    static String tensors(int rank, int ranks) {
        return "shard-" + rank + "-of-" + ranks + ".safetensors";
    }

    private static String index(int rank, int ranks) {
        return "shard-" + rank + "-of-" + ranks + ".json";
    }

    /** Both files. */
    static List<String> files(int rank, int ranks) {
        return List.of(tensors(rank, ranks), index(rank, ranks));
    }

    /** Gives the values of one kind of a piece, {@code [count]}. */
    interface Source {
        Tensor of(Kind kind, Piece piece);
    }

    /**
     * Writes a shard.
     *
     * @param pieces what it holds
     * @param step the optimizer's count of steps, {@code []}
     */
    static void write(Path folder, int rank, int ranks, List<Piece> pieces, Source source, Tensor step) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var kind : Kind.values()) {
            pieces.forEach(piece -> tensors.put(kind.tensor(piece.name()), source.of(kind, piece)));
        }
        tensors.put(STEP, step);
        SafetensorsWriter.write(folder.resolve(tensors(rank, ranks)), tensors, DType.F32);
        var shard = new CheckpointShard(pieces.stream()
                .map(p -> new SavedPiece(p.name(), p.from(), p.count()))
                .toList());
        AtomicFiles.write(
                folder.resolve(index(rank, ranks)), JsonMapper.shared().writeValueAsString(shard));
    }

    /** An open shard. */
    static final class Reader implements AutoCloseable {
        private final Path file;
        private final SafetensorsFile tensors;
        private final Map<String, SavedPiece> pieces = new LinkedHashMap<>();

        /** @throws UserException if its index cannot be read */
        Reader(Path folder, int rank, int ranks) {
            this.file = folder.resolve(tensors(rank, ranks));
            try {
                JsonMapper.shared()
                        .convertValue(
                                InputJson.object(folder.resolve(index(rank, ranks)), MAX_JSON_BYTES),
                                CheckpointShard.class)
                        .pieces()
                        .forEach(piece -> pieces.put(piece.name(), piece));
            } catch (JacksonException e) {
                throw new UserException(
                        "Cannot read checkpoint " + folder.resolve(index(rank, ranks)) + ": " + e.getOriginalMessage(),
                        e);
            }
            this.tensors = SafetensorsFile.open(file);
        }

        Map<String, SavedPiece> pieces() {
            return pieces;
        }

        /** Copies the elements of a parameter that it has into their place. @return how many it had */
        long copyInto(Kind kind, Piece wanted, Tensor target) {
            var saved = Optional.ofNullable(pieces.get(wanted.name()));
            if (saved.isEmpty()) {
                return 0;
            }
            var from = Math.max(wanted.from(), saved.get().from());
            var end = Math.min(
                    wanted.from() + wanted.count(),
                    saved.get().from() + saved.get().count());
            if (from >= end) {
                return 0;
            }
            var values = tensors.tensor(kind.tensor(wanted.name()));
            if (values.numel() != saved.get().count()) {
                throw new UserException(
                        file + ": '" + kind.tensor(wanted.name()) + "' has a different size than its index says.");
            }
            target.narrow(0, from - wanted.from(), end - from)
                    .copy_(values.narrow(0, from - saved.get().from(), end - from));
            return end - from;
        }

        Tensor step() {
            return tensors.tensor(STEP);
        }

        @Override
        public void close() {
            tensors.close();
        }
    }
}

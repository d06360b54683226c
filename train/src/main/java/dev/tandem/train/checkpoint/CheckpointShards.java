package dev.tandem.train.checkpoint;

import dev.tandem.UserException;
import dev.tandem.tensor.flat.FlatLayout;
import dev.tandem.tensor.flat.FlatLayout.Piece;
import dev.tandem.tensor.flat.FlatParameters;
import dev.tandem.train.checkpoint.CheckpointShard.Kind;
import dev.tandem.train.optimizer.AdamW;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;

/**
 * The trained parameters and the optimizer of a run in a checkpoint: written by every rank in shares, and read by any
 * number of ranks, with any split.
 */
final class CheckpointShards {
    private static final Pattern NAME = Pattern.compile("shard-(\\d+)-of-(\\d+)\\.safetensors");

    private final FlatParameters parameters;
    private final AdamW optimizer;

    CheckpointShards(FlatParameters parameters, AdamW optimizer) {
        this.parameters = parameters;
        this.optimizer = optimizer;
    }

    private FlatLayout layout() {
        return parameters.layout();
    }

    /** Writes this rank's share. */
    void write(Path folder) {
        var split = parameters.split();
        CheckpointShard.write(
                folder,
                split.rank(),
                split.ranks(),
                layout().pieces(split.rank()),
                this::held,
                optimizer.state().get(2));
    }

    /** Elements as this rank holds them: in its share, or among all. */
    private Tensor held(Kind kind, Piece piece) {
        var all = buffer(kind);
        var offset = isShare(kind) ? piece.offset() : layout().offset(piece.name()) + piece.from();
        return all.narrow(0, offset, piece.count());
    }

    private boolean isShare(Kind kind) {
        return kind == Kind.PARAMETER
                ? parameters.split().parameters()
                : parameters.split().optimizer();
    }

    private Tensor buffer(Kind kind) {
        return switch (kind) {
            case PARAMETER -> parameters.held();
            case FIRST_MOMENT -> optimizer.state().get(0);
            case SECOND_MOMENT -> optimizer.state().get(1);
        };
    }

    /**
     * Restores everything that this rank holds to what was saved.
     *
     * @throws UserException if the checkpoint holds other parameters than these
     */
    void read(Path folder) {
        var shards = open(folder);
        try {
            requireTheSame(folder, shards);
            for (var kind : Kind.values()) {
                var pieces = isShare(kind) ? layout().pieces(parameters.split().rank()) : layout().pieces();
                for (var piece : pieces) {
                    read(folder, shards, kind, piece);
                }
            }
            optimizer.state().get(2).copy_(shards.get(0).step());
        } finally {
            shards.forEach(CheckpointShard.Reader::close);
        }
    }

    private void read(Path folder, List<CheckpointShard.Reader> shards, Kind kind, Piece piece) {
        var target = held(kind, piece);
        var found = shards.stream()
                .mapToLong(shard -> shard.copyInto(kind, piece, target))
                .sum();
        if (found != piece.count()) {
            throw new UserException(folder + " holds " + found + " of " + piece.count() + " elements of '"
                    + piece.name() + "'. It was made by another recipe, or is damaged.");
        }
    }

    /** Shapes are not in a checkpoint: only the number of elements can be compared. */
    private void requireTheSame(Path folder, List<CheckpointShard.Reader> shards) {
        var saved = new LinkedHashMap<String, Long>();
        for (var shard : shards) {
            shard.pieces().values().forEach(piece -> saved.merge(piece.name(), piece.count(), Long::sum));
        }
        var wanted = new LinkedHashMap<String, Long>();
        layout().pieces().forEach(piece -> wanted.put(piece.name(), piece.count()));
        if (!saved.keySet().equals(wanted.keySet())) {
            throw new UserException(folder + " holds other parameters than this recipe trains. Resume with the recipe"
                    + " the checkpoint was made with.");
        }
        wanted.forEach((name, count) -> {
            if (!count.equals(saved.get(name))) {
                throw new UserException(folder + ": '" + name + "' has " + saved.get(name) + " elements; " + count
                        + " were expected from this recipe's model.");
            }
        });
    }

    private static List<CheckpointShard.Reader> open(Path folder) {
        var ranks = ranks(folder);
        var shards = new ArrayList<CheckpointShard.Reader>();
        try {
            for (var rank = 0; rank < ranks; rank++) {
                shards.add(new CheckpointShard.Reader(folder, rank, ranks));
            }
            return shards;
        } catch (RuntimeException e) {
            shards.forEach(CheckpointShard.Reader::close);
            throw e;
        }
    }

    /** How many ranks wrote a checkpoint. */
    private static int ranks(Path folder) {
        try (var files = Files.list(folder)) {
            return files.map(file -> NAME.matcher(file.getFileName().toString()))
                    .filter(name -> name.matches())
                    .mapToInt(name -> Integer.parseInt(name.group(2)))
                    .max()
                    .orElseThrow(() -> new UserException("Checkpoint " + folder + " has no shards."));
        } catch (IOException e) {
            throw new UserException("Cannot read checkpoint " + folder + ": " + e, e);
        }
    }
}

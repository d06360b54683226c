package dev.tandem.tensor.flat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The layout of parameters in flat buffers. It consists of buckets, each of which ranks exchange as a whole, and which
 * can be partitioned evenly among them. In a bucket, parameters that weight decay applies to come first.
 *
 * @param buckets in the order of the forward pass
 * @param ranks number of ranks among which a bucket can be partitioned
 */
public record FlatLayout(List<Bucket> buckets, int ranks) {
    /** A bucket of gradients of at least this size is summed by itself: PyTorch's default ({@code bucket_cap_mb}). */
    private static final long MERGE_BYTES = 25L << 20;

    public FlatLayout {
        buckets = List.copyOf(buckets);
    }

    /**
     * A parameter.
     *
     * @param offset index of its first element in the bucket
     */
    public record Parameter(String name, List<Long> shape, long offset) {
        public Parameter {
            shape = List.copyOf(shape);
        }

        /** Number of elements. */
        public long elements() {
            return shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
        }

        /** Its shape. */
        public long[] sizes() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    /**
     * A bucket.
     *
     * @param units the model's units whose parameters it holds
     * @param decayed number of its first elements that weight decay applies to
     * @param used number of elements of parameters
     * @param elements {@code used} rounded up to a multiple of the ranks
     * @param offset index of its first element when all buckets are stored end to end
     */
    public record Bucket(
            List<Integer> units, List<Parameter> parameters, long decayed, long used, long elements, long offset) {
        public Bucket {
            units = List.copyOf(units);
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * Elements of a parameter that a rank's shard of all buckets holds.
     *
     * @param from index of the first of them in the parameter
     * @param count number of elements
     * @param offset index of the first one in the shard
     */
    public record Piece(String name, long from, long count, long offset) {}

    /** A layout with all parameters in one bucket, for one process. */
    public static FlatLayout whole(Map<String, long[]> shapes, Predicate<String> decays) {
        return new FlatLayout(List.of(bucket(List.of(0), shapes, decays, 1, 0)), 1);
    }

    /**
     * A layout with buckets of units.
     *
     * @param units shapes of the parameters of each unit by name, in the order of the forward pass; a unit may have
     *     none
     * @param ring says which units are blocks: those share buckets
     * @param decays tells which parameters weight decay applies to
     * @param ranks number of ranks that exchange them
     * @param alone whether every unit has a bucket of its own; otherwise small blocks share one
     */
    public static FlatLayout of(
            List<Map<String, long[]>> units, BufferRing ring, Predicate<String> decays, int ranks, boolean alone) {
        var mergeBytes = alone ? 0 : MERGE_BYTES;
        var buckets = new ArrayList<Bucket>();
        var offset = 0L;
        for (var from = 0; from < units.size(); ) {
            var shapes = new LinkedHashMap<>(units.get(from));
            var members = new ArrayList<>(List.of(from));
            var next = from + 1;
            while (ring.isBlock(from) && ring.isBlock(next) && elements(shapes) * Float.BYTES < mergeBytes) {
                shapes.putAll(units.get(next));
                members.add(next++);
            }
            var bucket = bucket(members, shapes, decays, ranks, offset);
            buckets.add(bucket);
            offset += bucket.elements();
            from = next;
        }
        return new FlatLayout(buckets, ranks);
    }

    private static Bucket bucket(
            List<Integer> units, Map<String, long[]> shapes, Predicate<String> decays, int ranks, long offset) {
        var parameters = new ArrayList<Parameter>();
        var used = place(shapes, decays, parameters, 0);
        var decayed = used;
        used = place(shapes, decays.negate(), parameters, used);
        var padded = (used + ranks - 1) / ranks * ranks;
        return new Bucket(units, parameters, decayed, used, padded, offset);
    }

    private static long place(
            Map<String, long[]> shapes, Predicate<String> which, List<Parameter> parameters, long from) {
        var offset = from;
        for (var entry : shapes.entrySet()) {
            if (which.test(entry.getKey())) {
                var shape = Arrays.stream(entry.getValue()).boxed().toList();
                var parameter = new Parameter(entry.getKey(), shape, offset);
                parameters.add(parameter);
                offset += parameter.elements();
            }
        }
        return offset;
    }

    private static long elements(Map<String, long[]> shapes) {
        return shapes.values().stream()
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
                .sum();
    }

    /** Number of elements of all buckets, including padding. */
    public long elements() {
        return buckets.stream().mapToLong(Bucket::elements).sum();
    }

    /** Number of elements of all parameters. */
    public long used() {
        return buckets.stream().mapToLong(Bucket::used).sum();
    }

    /** The bucket of a unit. */
    public int bucketOf(int unit) {
        for (var b = 0; b < buckets.size(); b++) {
            if (buckets.get(b).units().contains(unit)) {
                return b;
            }
        }
        throw new IllegalArgumentException("no unit " + unit);
    }

    /** Sizes of the buffers that buckets use in rotation: for each, that of the largest bucket that uses it. */
    public long[] ringSizes(BufferRing ring) {
        var sizes = new long[ring.slots()];
        for (var b = 0; b < buckets.size(); b++) {
            var slot = slot(b, ring);
            sizes[slot] = Math.max(sizes[slot], buckets.get(b).elements());
        }
        return sizes;
    }

    /** Number of the buffer that a bucket uses in the rotation, from 0. */
    public int slot(int bucket, BufferRing ring) {
        return ring.isBlock(buckets.get(bucket).units().get(0)) ? ring.slot(1 + bucket - bucketOf(1)) : 0;
    }

    /** All parameters, in storage order when all buckets are stored end to end. */
    public List<Piece> pieces() {
        return buckets.stream()
                .flatMap(bucket -> bucket.parameters().stream()
                        .map(p -> new Piece(p.name(), 0, p.elements(), bucket.offset() + p.offset())))
                .toList();
    }

    /** Index of the first element of a parameter when all buckets are stored end to end. */
    public long offset(String name) {
        return pieces().stream()
                .filter(piece -> piece.name().equals(name))
                .mapToLong(Piece::offset)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no trainable parameter " + name));
    }

    /** The content of a rank's shard of all buckets, in the order of the shard. */
    public List<Piece> pieces(int rank) {
        var result = new ArrayList<Piece>();
        var shareOffset = 0L;
        for (var bucket : buckets) {
            var count = bucket.elements() / ranks;
            var from = rank * count;
            for (var parameter : bucket.parameters()) {
                var first = Math.max(from, parameter.offset());
                var end = Math.min(from + count, parameter.offset() + parameter.elements());
                if (first < end) {
                    result.add(new Piece(
                            parameter.name(), first - parameter.offset(), end - first, shareOffset + first - from));
                }
            }
            shareOffset += count;
        }
        return result;
    }
}

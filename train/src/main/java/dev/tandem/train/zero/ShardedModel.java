package dev.tandem.train.zero;

import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.checkpoint.ModelLoader;
import dev.tandem.model.config.ModelSpec;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.config.ParameterSpec;
import dev.tandem.model.family.ModelFamilies;
import dev.tandem.model.layer.ParameterStore;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.tensor.flat.BufferRing;
import dev.tandem.tensor.flat.ShardSpec;
import dev.tandem.tensor.flat.ShardedParameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A model whose frozen parameters ranks split: each keeps an even part of every unit's bytes. Its parameters are views of a few
 * buffers that units rotate through, and are valid only while they are gathered.
 */
public final class ShardedModel implements ShardedParameters {
    private final CausalLm model;
    private final List<Tensor> shares;
    private final List<Tensor> wholes;
    private final long bufferBytes;

    private ShardedModel(CausalLm model, List<Tensor> shares, List<Tensor> wholes, long bufferBytes) {
        this.bufferBytes = bufferBytes;
        this.model = model;
        this.shares = List.copyOf(shares);
        this.wholes = List.copyOf(wholes);
    }

    /**
     * Reads this rank's part of a model.
     *
     * @param directory Hugging Face model directory
     * @param computation how and where it computes
     * @param split which part
     * @param ring the buffers that units rotate through
     * @throws dev.tandem.UserException if config or weights are absent, malformed or do not fit each other
     */
    public static ShardedModel load(Path directory, Computation computation, ShardSpec split, BufferRing ring) {
        var spec = ModelFamilies.read(directory);
        var fitting = ModelLoader.fitting(spec, computation);
        var owner = new TensorOwner();
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var units = units(spec, fitting, split);
            var buffers = buffers(units, ring, fitting, owner);
            var wholes = new ArrayList<Tensor>();
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var u = 0; u < units.size(); u++) {
                var whole = owner.own(
                        buffers.get(ring.slot(u)).narrow(0, 0, units.get(u).bytes()));
                wholes.add(whole);
                units.get(u).places().forEach(place -> tensors.put(place.name(), owner.own(place.of(whole))));
            }
            var shares = ModelLoader.reading(
                    directory,
                    spec,
                    read -> units.stream()
                            .map(unit -> owner.own(unit.share(read, fitting, split)))
                            .toList());
            var bytes = buffers.stream().mapToLong(Tensor::nbytes).sum();
            return new ShardedModel(new CausalLm(spec, tensors, fitting, owner), shares, wholes, bytes);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    private static List<Tensor> buffers(List<Unit> units, BufferRing ring, Computation computation, TensorOwner owner) {
        var sizes = new long[ring.slots()];
        for (var u = 0; u < units.size(); u++) {
            sizes[ring.slot(u)] = Math.max(sizes[ring.slot(u)], units.get(u).bytes());
        }
        var result = new ArrayList<Tensor>();
        for (var size : sizes) {
            result.add(owner.own(zeros(size, computation)));
        }
        return result;
    }

    private static Tensor zeros(long count, Computation computation) {
        return torch.zeros(new long[] {count}, Tensors.options(ScalarType.Byte, computation.device()));
    }

    /** Matrices first: those that are multiplied as one are then adjacent. */
    private static List<Unit> units(ModelSpec spec, Computation computation, ShardSpec split) {
        var layout = ParameterLayout.of(spec);
        var specs = new LinkedHashMap<String, ParameterSpec>();
        layout.parameters().forEach(parameter -> specs.put(parameter.name(), parameter));
        var result = new ArrayList<Unit>();
        for (var names : layout.units()) {
            var parameters = names.stream().map(name -> spec(specs, name)).toList();
            var ordered = Stream.concat(
                            parameters.stream().filter(ShardedModel::isMatrix),
                            parameters.stream().filter(p -> !isMatrix(p)))
                    .toList();
            result.add(Unit.of(ordered, computation, split));
        }
        return result;
    }

    private static ParameterSpec spec(Map<String, ParameterSpec> specs, String name) {
        return Optional.ofNullable(specs.get(name)).orElseThrow();
    }

    private static boolean isMatrix(ParameterSpec parameter) {
        return parameter.shape().size() > 1;
    }

    /**
     * The model. The code that gathers parameters listens to its {@link dev.tandem.model.layer.UnitHooks UnitHooks}.
     * Closing it frees everything.
     */
    public CausalLm model() {
        return model;
    }

    @Override
    public long bytes() {
        return bufferBytes + shares.stream().mapToLong(Tensor::nbytes).sum();
    }

    @Override
    public boolean has(int unit) {
        return true;
    }

    @Override
    public Tensor shard(int unit) {
        return shares.get(unit);
    }

    @Override
    public Tensor gathered(int unit) {
        return wholes.get(unit);
    }

    /**
     * A parameter's place in its unit's bytes.
     *
     * @param offset of its first byte
     */
    private record Place(String name, List<Long> shape, ScalarType type, long offset, long bytes) {

        Tensor of(Tensor whole) {
            var sizes = shape.stream().mapToLong(Long::longValue).toArray();
            return whole.narrow(0, offset, bytes).view(type).view(sizes);
        }
    }

    /**
     * The bytes of a unit.
     *
     * @param bytes rounded up so that ranks have even parts
     */
    private record Unit(List<Place> places, long bytes) {

        static Unit of(List<ParameterSpec> parameters, Computation computation, ShardSpec split) {
            var places = new ArrayList<Place>();
            var offset = 0L;
            for (var parameter : parameters) {
                var type = isMatrix(parameter) ? computation.productType() : computation.type();
                var bytes = parameter.elements() * torch.elementSize(type);
                places.add(new Place(parameter.name(), parameter.shape(), type, offset, bytes));
                offset = ShardedParameters.roundedUp(offset + bytes, ALIGNMENT);
            }
            return new Unit(places, ShardedParameters.roundedUp(offset, ALIGNMENT * split.ranks()));
        }

        /** A rank's part, read from the checkpoint: of a mapped file, only the pages it is on. */
        Tensor share(Function<String, Tensor> read, Computation computation, ShardSpec split) {
            var count = bytes / split.ranks();
            var from = split.rank() * count;
            var result = zeros(count, computation);
            for (var place : places) {
                var first = Math.max(from, place.offset());
                var end = Math.min(from + count, place.offset() + place.bytes());
                if (first < end) {
                    try (var scope = new PointerScope()) {
                        var size = torch.elementSize(place.type());
                        var part = read.apply(place.name())
                                .reshape(-1)
                                .narrow(0, (first - place.offset()) / size, (end - first) / size)
                                .to(computation.device(), computation.type());
                        result.narrow(0, first - from, end - first)
                                .copy_(ParameterStore.cast(part, place.type()).view(ScalarType.Byte));
                    }
                }
            }
            return result;
        }
    }
}

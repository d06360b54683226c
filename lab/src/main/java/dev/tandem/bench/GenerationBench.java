package dev.tandem.bench;

import dev.tandem.bench.GenerationResult.Decoding;
import dev.tandem.bench.GenerationResult.Prefill;
import dev.tandem.model.CausalLm;
import dev.tandem.model.Computation;
import dev.tandem.model.config.ParameterLayout;
import dev.tandem.model.generation.BatchGenerator;
import dev.tandem.model.generation.GenerationTask;
import dev.tandem.model.generation.Sampler;
import dev.tandem.model.generation.Sampling;
import dev.tandem.tensor.Devices;
import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.train.policy.DTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Measures generation with a model of random weights and, alternating with it, its bounds: copies of memory, and the same
 * matrix products by themselves. They alternate because a machine's bandwidth changes from one second to the next.
 */
final class GenerationBench {
    /** Simultaneous texts. */
    private static final List<Integer> TEXTS = List.of(1, 16);

    private static final int PROMPT = 64;
    private static final int LONG_PROMPT = 1000;
    private static final int ROUNDS = 3;

    /** The virtual machine compiles what is between the products while the first hundreds of tokens are made. */
    private static final int WARM_UP = 300;

    private static final long WARM_UP_NANOS = 10_000_000_000L;
    private static final long COPIED = 256L << 20;

    private final BenchSettings settings;
    private final Consumer<String> progress;
    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();

    GenerationBench(BenchSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    GenerationResult measure() {
        try (var model = model()) {
            var bytes = model.matrixBytes(); // before, as they are stored
            model.prepareGeneration(settings.threads());
            progress.accept("warm-up of generation");
            warmUp(model);
            for (var round = 1; round <= ROUNDS; round++) {
                progress.accept("generation, round " + round + " of " + ROUNDS);
                TEXTS.forEach(texts -> round(model, texts));
                prefill(model);
            }
            var bandwidth = 2 * COPIED / median("copy");
            return new GenerationResult(
                    bandwidth * 1e-9,
                    TEXTS.stream()
                            .map(texts -> decoding(bytes, texts, bandwidth))
                            .toList(),
                    Prefill.of(Math.min(LONG_PROMPT, longest()), median("prefill"), median("prefill products")));
        }
    }

    private Decoding decoding(long matrixBytes, int texts, double bandwidth) {
        var length = PROMPT + settings.steps() / 2;
        return Decoding.of(
                texts,
                median("step " + texts),
                (matrixBytes + (double) texts * length * settings.shape().spec().keyValueBytes()) / bandwidth,
                median("products " + texts));
    }

    private int longest() {
        return settings.shape().spec().maxPositions();
    }

    private CausalLm model() {
        var computation = Computation.of(DTypes.of(settings.precision()).scalarType(), Devices.of("cpu"));
        var owner = new TensorOwner();
        try (var scope = new PointerScope()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var parameter : ParameterLayout.of(settings.shape().spec()).parameters()) {
                var shape =
                        parameter.shape().stream().mapToLong(Long::longValue).toArray();
                try (var inner = new PointerScope()) {
                    var drawn = torch.randn(shape, Tensors.options(ScalarType.Float, computation.device()));
                    tensors.put(
                            parameter.name(),
                            owner.own(drawn.mul_(new Scalar(0.02)).to(computation.type())));
                }
            }
            return new CausalLm(settings.shape().spec(), tensors, computation, owner);
        }
    }

    private static void warmUp(CausalLm model) {
        var end = System.nanoTime() + WARM_UP_NANOS;
        try (var generator = begun(model, 1, WARM_UP)) {
            while (System.nanoTime() < end && generator.step()) {
                // nothing is kept
            }
        }
    }

    private void round(CausalLm model, int texts) {
        copy();
        products(model, texts);
        try (var generator = begun(model, texts, settings.steps() + 2)) {
            for (var i = 0; i < settings.steps(); i++) {
                timed("step " + texts, generator::step);
            }
        }
    }

    private void products(CausalLm model, int texts) {
        var which = IntStream.range(0, texts).toArray();
        var one = IntStream.generate(() -> 1).limit(texts).toArray();
        try (var cache = model.newCache(texts)) {
            for (var text : which) {
                cache.add();
                model.next(cache, new int[] {text}, List.of(prompt(PROMPT + settings.steps() / 2)));
            }
            for (var i = 0; i < settings.steps(); i++) {
                timed("products " + texts, () -> model.products(cache, which, one));
            }
        }
    }

    private static int[] prompt(int length) {
        var prompt = new int[length];
        Arrays.fill(prompt, 1);
        return prompt;
    }

    /** Texts with their prompts read. */
    private static BatchGenerator begun(CausalLm model, int texts, int newTokens) {
        var generator = new BatchGenerator(model, texts);
        for (var i = 0; i < texts; i++) {
            var sampler = new Sampler(Sampling.GREEDY, 0);
            generator.add(new GenerationTask(prompt(PROMPT), newTokens, Set.of(), sampler, new Unheard()));
        }
        generator.step();
        return generator;
    }

    private void prefill(CausalLm model) {
        var prompt = prompt(Math.min(LONG_PROMPT, longest()));
        try (var cache = model.newCache(1)) {
            cache.add();
            model.next(cache, new int[] {0}, List.of(prompt)); // frees capacity
            for (var i = 0; i < Math.max(1, settings.steps() / 10); i++) {
                cache.truncate(0, 0);
                timed("prefill products", () -> model.products(cache, new int[] {0}, new int[] {prompt.length}));
                timed("prefill", () -> model.next(cache, new int[] {0}, List.of(prompt)));
            }
        }
    }

    private void copy() {
        try (var scope = new PointerScope()) {
            var from =
                    torch.ones(new long[] {COPIED / Float.BYTES}, Tensors.options(ScalarType.Float, Devices.of("cpu")));
            var to = torch.zeros_like(from);
            for (var i = 0; i < 5; i++) {
                timed("copy", () -> to.copy_(from));
            }
        }
    }

    private void timed(String what, Runnable work) {
        var start = System.nanoTime();
        work.run();
        seconds.computeIfAbsent(what, w -> new ArrayList<>()).add((System.nanoTime() - start) * 1e-9);
    }

    private double median(String what) {
        return StepSamples.median(Objects.requireNonNull(seconds.get(what)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    /** No caller waits for the text. */
    private static final class Unheard implements GenerationTask.Listener {
        @Override
        public boolean onToken(int token) {
            return true;
        }

        @Override
        public void onEnd(GenerationTask.End end) {
            // its time has been taken
        }
    }
}

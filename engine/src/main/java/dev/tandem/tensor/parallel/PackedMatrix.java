package dev.tandem.tensor.parallel;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The matrix of a linear module in the layout that oneDNN reads fastest, split by rows among the threads of a team.
 * With the usual layout a product with few tokens takes a CPU four times as long as reading the matrix does: oneDNN
 * converts it each time, and OpenBLAS copies it. The packed matrix is a copy: it takes the matrix's size in memory
 * again.
 */
public final class PackedMatrix {
    /** Number of tokens that the layout is chosen for; it suits one and a thousand just as well. */
    private static final long TOKENS = 16;

    /** Shares begin at a multiple of it: the width of vector instructions. */
    private static final long MULTIPLE = 64;

    /** Multiplications in the time that it takes to read a byte. */
    private static final long PRODUCTS_PER_BYTE = 8;

    private final IntraOpPool team;
    private final Native calls;
    private final List<Share> shares;
    private final long out;

    /**
     * Rows of one thread.
     *
     * @param weight packed, {@code [size, in]}
     * @param bias {@code [size]}, or none
     */
    private record Share(IValue weight, IValue bias, long from, long size) {}

    /** Native arguments of the calls. */
    private record Native(OperatorHandle product, IValue none, IValue noneWord, IValue gelu, IValue noScalars) {
        static Native of(TensorOwner owner) {
            return new Native(
                    owner.own(Dispatcher.singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", "")),
                    owner.own(new IValue()),
                    owner.own(new IValue("none")),
                    owner.own(new IValue("gelu")),
                    owner.own(new IValue(new GenericList(
                            OptionalType.get(ListType.ofNumbers().getElementType())))));
        }

        Tensor product(Tensor x, Share share, boolean withGelu) {
            var stack = new IValueVector(
                    new IValue(x),
                    share.weight(),
                    share.bias(),
                    withGelu ? gelu : noneWord,
                    noScalars,
                    withGelu ? noneWord : none);
            product.callBoxed(stack);
            return stack.get(0).toTensor();
        }
    }

    private PackedMatrix(IntraOpPool team, Native calls, List<Share> shares, long out) {
        this.team = team;
        this.calls = calls;
        this.shares = shares;
        this.out = out;
    }

    /** Whether this build of libtorch has oneDNN's products for a dtype. */
    public static boolean available(ScalarType type) {
        if (!torch.hasMKLDNN()
                || !List.of(ScalarType.Float, ScalarType.BFloat16).contains(type.intern())) {
            return false;
        }
        try (var scope = new PointerScope();
                var guard = new NoGradGuard();
                var team = new IntraOpPool(1);
                var owner = new TensorOwner()) {
            var ones = torch.ones(new long[] {MULTIPLE, MULTIPLE}, Tensors.options(type, new Device("cpu")));
            return of(List.of(ones), List.of(), team, owner)
                            .product(ones)
                            .to(ScalarType.Float)
                            .mean()
                            .item_float()
                    == MULTIPLE;
        } catch (RuntimeException e) {
            return false; // an operator is missing, or the processor is
        }
    }

    /**
     * Packs matrices that read the same input as one.
     *
     * @param weights {@code [out, in]} each, float32 or bfloat16, on the CPU
     * @param biases {@code [out]} each, or none at all
     * @param owner keeps the copy
     */
    public static PackedMatrix of(List<Tensor> weights, List<Tensor> biases, IntraOpPool team, TensorOwner owner) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var weight = fused(weights);
            var out = weight.size(0);
            var calls = Native.of(owner);
            var bias = biases.isEmpty() ? Optional.<Tensor>empty() : Optional.of(fused(biases));
            var each = (out + team.size() * MULTIPLE - 1) / (team.size() * MULTIPLE) * MULTIPLE;
            var shares = new ArrayList<Share>();
            for (var from = 0L; from < out; from += each) {
                var start = from;
                var size = Math.min(each, out - from);
                shares.add(new Share(
                        owner.own(new IValue(packed(weight.narrow(0, from, size)))),
                        bias.map(b -> owner.own(new IValue(b.narrow(0, start, size))))
                                .orElse(calls.none()),
                        from,
                        size));
            }
            return new PackedMatrix(team, calls, shares, out);
        }
    }

    private static Tensor fused(List<Tensor> parts) {
        return parts.size() == 1 ? parts.get(0) : Tensors.cat(0, parts.toArray(Tensor[]::new));
    }

    private static Tensor packed(Tensor rows) {
        var stack = new IValueVector(new IValue(rows.contiguous()), new IValue(TOKENS));
        Dispatcher.singleton()
                .findSchemaOrThrow("mkldnn::_reorder_linear_weight", "")
                .callBoxed(stack);
        return stack.get(0).toTensor();
    }

    /**
     * {@code x·Wᵀ + b}, by the team.
     *
     * @param x {@code [tokens, in]}, contiguous, in the matrix's dtype
     * @return {@code [tokens, out]}
     */
    public Tensor product(Tensor x) {
        return product(x, false);
    }

    /**
     * {@code gelu(x·Wᵀ + b)} with the exact GELU, without storing the intermediate product.
     *
     * @param x {@code [tokens, in]}, contiguous, in the matrix's dtype
     * @return {@code [tokens, out]}
     */
    public Tensor gelu(Tensor x) {
        return product(x, true);
    }

    private Tensor product(Tensor x, boolean withGelu) {
        if (shares.size() == 1) {
            return calls.product(x, shares.get(0), withGelu);
        }
        var result = x.new_empty(x.size(0), out);
        run(
                x,
                withGelu,
                (share, product) -> result.narrow(1, share.from(), share.size()).copy_(product));
        return result;
    }

    /**
     * Computes the same as {@link #product}, as arrays.
     *
     * @return {@code [tokens][out]}
     */
    public float[][] rows(Tensor x) {
        var result = new float[(int) x.size(0)][(int) out];
        run(x, false, (share, product) -> {
            var values = new FloatPointer(product.to(ScalarType.Float).data_ptr_float());
            for (var row = 0; row < result.length; row++) {
                values.position(row * share.size()).get(result[row], (int) share.from(), (int) share.size());
            }
        });
        return result;
    }

    private interface Taker {
        void take(Share share, Tensor product);
    }

    private void run(Tensor x, boolean withGelu, Taker taker) {
        var products = x.size(1) * out * Math.max(x.size(0), x.element_size() * PRODUCTS_PER_BYTE);
        if (!team.isWorthSharing(products)) {
            shares.forEach(share -> taker.take(share, calls.product(x, share, withGelu)));
            return;
        }
        team.run(i -> {
            if (i < shares.size()) {
                taker.take(shares.get(i), calls.product(x, shares.get(i), withGelu));
            }
        });
    }
}

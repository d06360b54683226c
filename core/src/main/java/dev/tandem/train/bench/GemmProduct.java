package dev.tandem.train.bench;

import dev.tandem.tensor.TensorOwner;
import dev.tandem.tensor.Tensors;
import dev.tandem.train.bench.BenchResult.Product;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Operands of one matrix product that is repeated. */
final class GemmProduct implements AutoCloseable {
    private final TensorOwner owner = new TensorOwner();
    private final Tensor left;
    private final Tensor right;
    private final Tensor result;

    /**
     * @param rows number of tokens
     * @param in inner dimension of the forward product
     * @param out outer dimension of the forward product
     */
    GemmProduct(Product.Kind kind, int rows, int in, int out, ScalarType type, Device device) {
        try (var scope = new PointerScope();
                var guard = new NoGradGuard()) {
            var options = Tensors.options(type, device);
            var x = torch.randn(new long[] {rows, in}, options);
            var w = torch.randn(new long[] {out, in}, options);
            var y = torch.randn(new long[] {rows, out}, options);
            left = owner.own(
                    switch (kind) {
                        case FORWARD -> x;
                        case INPUT_GRADIENT -> y;
                        case WEIGHT_GRADIENT -> y.t();
                    });
            right = owner.own(
                    switch (kind) {
                        case FORWARD -> w.t();
                        case INPUT_GRADIENT -> w;
                        case WEIGHT_GRADIENT -> x;
                    });
            // results are written where earlier ones were: fresh pages from the system are not part of the product
            result = owner.own(torch.mm(left, right));
        }
    }

    /** Multiplies {@code times} times. @return the number of multiplications */
    int multiply(int times) {
        try (var guard = new NoGradGuard()) {
            for (var i = 0; i < times; i++) {
                try (var scope = new PointerScope()) {
                    torch.mm_out(result, left, right);
                }
            }
        }
        return times;
    }

    @Override
    public void close() {
        owner.close();
    }
}

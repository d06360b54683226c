package dev.tandem.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Moves data between Java arrays and tensors, and names the few operations whose bindings are awkward to read. */
public final class Tensors {
    private Tensors() {}

    /** Options for a tensor of a dtype on a device. */
    public static TensorOptions options(ScalarType type, Device device) {
        return new TensorOptions(type).device(new DeviceOptional(device));
    }

    /** A float32 tensor of the given shape, copied from {@code values}. */
    public static Tensor of(float[] values, Device device, long... shape) {
        return onDevice(Tensor.create(values, shape), device);
    }

    /** A float64 tensor {@code [n]}, copied from {@code values}. */
    public static Tensor of(double[] values, Device device) {
        return onDevice(Tensor.create(values, values.length), device);
    }

    /** All elements of a float64 tensor, in row-major order. */
    public static double[] toDoubles(Tensor tensor) {
        var host = tensor.detach().cpu().contiguous();
        var result = new double[Math.toIntExact(host.numel())];
        if (result.length > 0) {
            host.data_ptr_double().get(result);
        }
        return result;
    }

    /** An int64 tensor {@code [n]}, copied from {@code values}. */
    public static Tensor of(int[] values, Device device) {
        var longs = new long[values.length];
        for (var i = 0; i < longs.length; i++) {
            longs[i] = values[i];
        }
        return onDevice(Tensor.create(longs, longs.length), device);
    }

    /** A float32 tensor of zeros. */
    public static Tensor zeros(Device device, long... shape) {
        return torch.zeros(shape, options(ScalarType.Float, device));
    }

    /** All elements of a tensor as float32, in row-major order. */
    public static float[] toFloats(Tensor tensor) {
        var host = tensor.detach().cpu().to(ScalarType.Float).contiguous();
        var result = new float[Math.toIntExact(host.numel())];
        if (result.length > 0) {
            host.data_ptr_float().get(result);
        }
        return result;
    }

    /** The rows of a matrix as float32. */
    public static float[][] toRows(Tensor matrix) {
        var host = matrix.detach().cpu().to(ScalarType.Float).contiguous();
        var result = new float[Math.toIntExact(host.size(0))][Math.toIntExact(host.size(1))];
        var values = host.data_ptr_float();
        for (var i = 0; i < result.length; i++) {
            values.position(i * host.size(1)).get(result[i]);
        }
        return result;
    }

    /** The value of a tensor of one element. */
    public static double scalar(Tensor tensor) {
        return tensor.item_double();
    }

    /** Concatenates along a dimension. */
    public static Tensor cat(long dimension, Tensor... parts) {
        return torch.cat(new TensorVector(parts), dimension);
    }

    /**
     * Parts of a tensor along a dimension, as views. Unlike with {@code narrow}, the gradient of all parts is assembled
     * in one pass: each narrow gives a gradient of the whole tensor's size, mostly zeros.
     *
     * @param sizes sizes of the parts; they sum to the dimension's size
     */
    public static List<Tensor> split(Tensor tensor, long dimension, long... sizes) {
        if (sizes.length == 1) {
            return List.of(tensor);
        }
        var parts = torch.split_with_sizes(tensor, sizes, dimension);
        var result = new ArrayList<Tensor>();
        for (var i = 0; i < sizes.length; i++) {
            result.add(new Tensor(parts.get(i))); // what get returns points into the vector
        }
        return result;
    }

    /** {@code base + a·b}, elementwise. */
    public static Tensor addProduct(Tensor base, Tensor a, Tensor b) {
        return base.addcmul(a, b);
    }

    /** {@code base − a·b}, elementwise. */
    public static Tensor subtractProduct(Tensor base, Tensor a, Tensor b) {
        return base.addcmul(a, b, new Scalar(-1.0));
    }

    /** L2 norm of all elements, accumulated in float32. */
    public static double norm(Tensor tensor) {
        return tensor.norm().item_double();
    }

    private static Tensor onDevice(Tensor host, Device device) {
        return device.is_cpu() ? host : host.to(device, host.scalar_type());
    }
}

package dev.tandem.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Dtypes of checkpoint tensors, by their safetensors names. */
public enum DType {
    /** 32-bit floats (IEEE 754). */
    F32(4, ScalarType.Float),
    /** bfloat16: the upper half of a 32-bit float. */
    BF16(2, ScalarType.BFloat16),
    /** 16-bit floats (IEEE 754). */
    F16(2, ScalarType.Half),
    /** 64-bit floats (IEEE 754). */
    F64(8, ScalarType.Double),
    /** 64-bit integers. */
    I64(8, ScalarType.Long),
    /** 32-bit integers. */
    I32(4, ScalarType.Int),
    /** 16-bit integers. */
    I16(2, ScalarType.Short),
    /** 8-bit integers. */
    I8(1, ScalarType.Char),
    /** 8-bit integers without sign. */
    U8(1, ScalarType.Byte),
    /** Booleans, one byte each. */
    BOOL(1, ScalarType.Bool);

    private final int bytes;
    private final ScalarType scalarType;

    DType(int bytes, ScalarType scalarType) {
        this.bytes = bytes;
        this.scalarType = scalarType;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** libtorch's name for it. */
    public ScalarType scalarType() {
        return scalarType;
    }

    /** PyTorch's name for it, as in {@code config.json}. */
    public String torchName() {
        return switch (this) {
            case F32 -> "float32";
            case BF16 -> "bfloat16";
            case F16 -> "float16";
            case F64 -> "float64";
            case I64 -> "int64";
            case I32 -> "int32";
            case I16 -> "int16";
            case I8 -> "int8";
            case U8 -> "uint8";
            case BOOL -> "bool";
        };
    }

    /** The dtype a safetensors header names, if it is supported. */
    public static Optional<DType> named(String name) {
        return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
    }

    /** Names of all supported dtypes, for error messages. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Enum::name).toList();
    }
}

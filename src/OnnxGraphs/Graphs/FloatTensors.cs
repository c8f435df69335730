using System.Runtime.InteropServices;

namespace OnnxGraphs.Graphs;

/// <summary>Float tensors of one width from another.</summary>
public static class FloatTensors
{
    /// <summary>The values of a tensor of 16, 32 or 64-bit floats as float32.</summary>
    /// <exception cref="GraphException">The tensor holds no floats.</exception>
    public static Tensor ToFloat32(this Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => tensor,
        ElementType.Float64 => Convert<double>(tensor, value => (float)value),
        ElementType.Float16 => Convert<Half>(tensor, value => (float)value),
        // The upper half of a float32.
        ElementType.BFloat16 => Convert<ushort>(tensor, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        _ => throw new GraphException($"Expected floats, found a tensor of {tensor.Type} {tensor.Shape}."),
    };

    /// <summary>Float32 values, rounded to the nearest ones of another float type (to even at a tie).</summary>
    /// <exception cref="GraphException">The type is no float.</exception>
    public static Tensor FromFloat32(TensorShape shape, ReadOnlySpan<float> values, ElementType type) => type switch
    {
        ElementType.Float32 => Tensor.Of(shape, values),
        ElementType.Float64 => Bytes(shape, values, type, value => (double)value),
        ElementType.Float16 => Bytes(shape, values, type, value => (Half)value),
        ElementType.BFloat16 => Bytes(shape, values, type, Upper),
        _ => throw new GraphException($"A tensor of {type} cannot hold floats."),
    };

    private static ushort Upper(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)(bits >> 16 | 0x40) : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    private static Tensor Convert<T>(Tensor tensor, Func<T, float> widen) where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(tensor.Data);
        var wide = new float[values.Length];
        for (var i = 0; i < wide.Length; i++)
            wide[i] = widen(values[i]);
        return Tensor.Of<float>(tensor.Shape, wide);
    }

    private static Tensor Bytes<T>(TensorShape shape, ReadOnlySpan<float> values, ElementType type,
        Func<float, T> narrow) where T : unmanaged
    {
        var narrowed = new T[values.Length];
        for (var i = 0; i < narrowed.Length; i++)
            narrowed[i] = narrow(values[i]);
        return new(type, shape, MemoryMarshal.AsBytes<T>(narrowed).ToArray());
    }
}

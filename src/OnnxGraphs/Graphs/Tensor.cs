using System.Runtime.InteropServices;

namespace OnnxGraphs.Graphs;

/// <summary>Values in host memory, row-major: constants, weights, checkpoints.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Data">Little-endian bytes of all elements.</param>
public sealed record Tensor(ElementType Type, TensorShape Shape, byte[] Data)
{
    /// <summary>A tensor of a copy of the values.</summary>
    public static Tensor Of<T>(TensorShape shape, ReadOnlySpan<T> values) where T : unmanaged =>
        values.Length == shape.Size
            ? new(ElementTypes.Of<T>(), shape, MemoryMarshal.AsBytes(values).ToArray())
            : throw new GraphException($"{values.Length} values do not fill shape {shape} of {shape.Size} elements.");

    /// <summary>A vector.</summary>
    public static Tensor Vector<T>(params ReadOnlySpan<T> values) where T : unmanaged => Of(new(values.Length), values);

    /// <summary>A scalar of the given type.</summary>
    public static Tensor Scalar(ElementType type, double value) => type switch
    {
        ElementType.Float32 => Of<float>(TensorShape.Scalar, [(float)value]),
        ElementType.Float64 => Of<double>(TensorShape.Scalar, [value]),
        ElementType.Float16 => Of<Half>(TensorShape.Scalar, [(Half)value]),
        ElementType.Int64 => Of<long>(TensorShape.Scalar, [(long)value]),
        ElementType.Int32 => Of<int>(TensorShape.Scalar, [(int)value]),
        ElementType.UInt8 => Of<byte>(TensorShape.Scalar, [(byte)value]),
        ElementType.Int8 => Of<sbyte>(TensorShape.Scalar, [(sbyte)value]),
        ElementType.Int16 => new(type, TensorShape.Scalar, BitConverter.GetBytes((short)value)),
        ElementType.UInt16 => new(type, TensorShape.Scalar, BitConverter.GetBytes((ushort)value)),
        ElementType.Bool => Of<bool>(TensorShape.Scalar, [value != 0]),
        _ => throw new GraphException($"A scalar constant of {type} is not supported."),
    };

    /// <summary>A tensor of one repeated value.</summary>
    public static Tensor Filled(TensorShape shape, float value)
    {
        var values = new float[shape.Size];
        values.AsSpan().Fill(value);
        return Of<float>(shape, values);
    }

    /// <summary>The elements, without a copy.</summary>
    public ReadOnlySpan<T> Values<T>() where T : unmanaged =>
        ElementTypes.Of<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Data.AsSpan())
            : throw new GraphException($"The tensor holds {Type}, not {typeof(T).Name}.");

    /// <summary>The elements of an integer tensor as 64-bit integers.</summary>
    public long[] ToInt64() => Type switch
    {
        ElementType.Int64 => Values<long>().ToArray(),
        ElementType.Int32 => [.. Values<int>().ToArray().Select(v => (long)v)],
        _ => throw new GraphException($"Expected integers, found a tensor of {Type} {Shape}."),
    };

    /// <summary>The same values in another shape of equal size.</summary>
    public Tensor Reshape(TensorShape shape) =>
        shape.Size == Shape.Size
            ? this with { Shape = shape }
            : throw new GraphException($"Shape {Shape} cannot be viewed as {shape}: "
                + $"{Shape.Size} against {shape.Size} elements.");
}

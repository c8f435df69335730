using System.Runtime.InteropServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// The values that a tensor of whole numbers stands for: scale (number - zero point), by one scale, one for each place on an
/// axis, or one for each block of places there.
/// </summary>
internal sealed class QuantizedGrid
{
    private readonly ElementType _type;
    private readonly float[] _scales;
    private readonly long[] _zeros;
    private readonly GridPlaces _places;

    private QuantizedGrid(ElementType type, float[] scales, long[] zeros, GridPlaces places) =>
        (_type, _scales, _zeros, _places) = (type, scales, zeros, places);

    /// <summary>The grid of a stored tensor.</summary>
    /// <exception cref="ModelException">Scales and zero points do not fit it.</exception>
    public static QuantizedGrid Of(TensorProto tensor, long axis, Tensor scale, Tensor? zero)
    {
        var shape = new TensorShape([.. tensor.Dims]);
        return Of(tensor.Name, (ElementType)tensor.DataType, shape,
            scale.Shape.Size == 1 ? GridPlaces.One : GridPlaces.OnAxis(shape, shape.Axis(axis)), scale, zero);
    }

    /// <summary>The grid of a tensor in blocks of so many places on an axis.</summary>
    /// <exception cref="ModelException">Scales and zero points do not fit it.</exception>
    public static QuantizedGrid OfBlocks(
        string name, ElementType type, TensorShape shape, int axis, int size, Tensor scale, Tensor? zero) =>
        Of(name, type, shape, GridPlaces.InBlocks(shape, axis, size), scale, zero);

    private static QuantizedGrid Of(
        string name, ElementType type, TensorShape shape, GridPlaces places, Tensor scale, Tensor? zero)
    {
        var scales = scale.ToFloat32().Values<float>().ToArray();
        var zeros = zero is null ? [0L] : Whole(zero.Type, zero.Data);
        if (scales.Length != places.Count || (zeros.Length != 1 && zeros.Length != places.Count))
            throw new ModelException($"Initializer '{name}' {shape} has {scales.Length} scales and {zeros.Length} zero points; "
                + $"expected one, or {places.Count} as its axis or its blocks have places; export it again.");
        return new(type, scales, zeros, places);
    }

    /// <summary>scale (q - zero).</summary>
    public float[] Dequantized(Tensor tensor) =>
        [.. Whole(tensor.Type, tensor.Data).Select((q, i) => Scale(i) * (q - Zero(i)))];

    /// <summary>round(x / scale) + zero within the type's limits, to even at a tie, as QuantizeLinear does.</summary>
    public byte[] Quantized(ReadOnlySpan<float> values)
    {
        var whole = new long[values.Length];
        var (least, most) = _type.Limits()!.Value;
        for (var i = 0; i < values.Length; i++)
            whole[i] = (long)Math.Clamp(MathF.Round(values[i] / Scale(i)) + (double)Zero(i), least, most);
        return Bytes(_type, whole);
    }

    /// <summary>Whole numbers as a type stores them.</summary>
    public static byte[] Bytes(ElementType type, ReadOnlySpan<long> whole)
    {
        var (size, bytes) = (type.Size(), new byte[whole.Length * type.Size()]);
        for (var i = 0; i < whole.Length; i++)
            MemoryMarshal.AsBytes(whole.Slice(i, 1))[..size].CopyTo(bytes.AsSpan(i * size));
        return bytes;
    }

    private float Scale(int i) => _scales[_scales.Length == 1 ? 0 : _places.Of(i)];

    private long Zero(int i) => _zeros[_zeros.Length == 1 ? 0 : _places.Of(i)];

    private static long[] Whole(ElementType type, byte[] data) => type switch
    {
        ElementType.Int8 => [.. data.Select(b => (long)(sbyte)b)],
        ElementType.UInt8 => [.. data.Select(b => (long)b)],
        ElementType.Int16 => [.. MemoryMarshal.Cast<byte, short>(data).ToArray().Select(v => (long)v)],
        ElementType.UInt16 => [.. MemoryMarshal.Cast<byte, ushort>(data).ToArray().Select(v => (long)v)],
        ElementType.Int32 => [.. MemoryMarshal.Cast<byte, int>(data).ToArray().Select(v => (long)v)],
        _ => throw new ModelException($"Quantised numbers of {type} are not trained here; Int8, UInt8, Int16, UInt16 "
            + "and Int32 are."),
    };
}

using System.Runtime.InteropServices;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// The values that a tensor of whole numbers stands for: scale (number - zero point), by one scale or one for each place
/// on an axis.
/// </summary>
internal sealed class QuantizedGrid
{
    private readonly ElementType _type;
    private readonly float[] _scales;
    private readonly long[] _zeros;
    private readonly long _inner;

    private QuantizedGrid(ElementType type, float[] scales, long[] zeros, long inner) =>
        (_type, _scales, _zeros, _inner) = (type, scales, zeros, inner);

    /// <summary>The grid of a stored tensor.</summary>
    /// <exception cref="ModelException">Scales and zero points do not fit it.</exception>
    public static QuantizedGrid Of(TensorProto tensor, long axis, Tensor scale, Tensor? zero)
    {
        var shape = new TensorShape([.. tensor.Dims]);
        var scales = scale.ToFloat32().Values<float>().ToArray();
        var zeros = zero is null ? [0L] : Whole(zero.Type, zero.Data);
        var places = scales.Length == 1 ? 1 : shape[shape.Axis(axis)];
        if (scales.Length != places || (zeros.Length != 1 && zeros.Length != places))
            throw new ModelException($"Initializer '{tensor.Name}' {shape} has {scales.Length} scales and "
                + $"{zeros.Length} zero points on axis {axis}; expected one, or one for each place; export it again.");
        return new((ElementType)tensor.DataType, scales, zeros,
            places == 1 ? Math.Max(1, shape.Size) : shape.SizeOf((shape.Axis(axis) + 1)..));
    }

    /// <summary>scale (q - zero).</summary>
    public float[] Dequantized(Tensor tensor) =>
        [.. Whole(tensor.Type, tensor.Data).Select((q, i) => Scale(i) * (q - Zero(i)))];

    /// <summary>round(x / scale) + zero within the type's limits, to even at a tie, as QuantizeLinear does.</summary>
    public byte[] Quantized(ReadOnlySpan<float> values)
    {
        var (bytes, size) = (new byte[values.Length * _type.Size()], _type.Size());
        var (least, most) = _type.Limits()!.Value;
        for (var i = 0; i < values.Length; i++)
        {
            var q = (long)Math.Clamp(MathF.Round(values[i] / Scale(i)) + (double)Zero(i), least, most);
            MemoryMarshal.AsBytes(new Span<long>(ref q))[..size].CopyTo(bytes.AsSpan(i * size));
        }
        return bytes;
    }

    private float Scale(int i) => _scales[_scales.Length == 1 ? 0 : i / _inner % _scales.Length];

    private long Zero(int i) => _zeros[_zeros.Length == 1 ? 0 : i / _inner % _zeros.Length];

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

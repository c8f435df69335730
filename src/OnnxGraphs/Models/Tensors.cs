using System.Runtime.InteropServices;
using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>Between <see cref="Tensor"/> and the file format's <see cref="TensorProto"/>.</summary>
public static class Tensors
{
    /// <summary>
    /// Reads a stored tensor, whichever of the format's fields holds its values. Raw bytes are not copied: tensor and message
    /// share them, so that nobody must change them.
    /// </summary>
    public static Tensor ToTensor(this TensorProto proto)
    {
        var (type, shape) = ((ElementType)proto.DataType, new TensorShape([.. proto.Dims]));
        if (!type.IsKnown())
            throw new ModelException($"Initializer '{proto.Name}' holds elements of type {type}, which are not read; "
                + "cut the model before it, or export it with another type.");
        var bytes = proto.HasRawData ? Bytes(proto.RawData) : type switch
        {
            ElementType.Float32 => MemoryMarshal.AsBytes<float>(proto.FloatData.ToArray()).ToArray(),
            ElementType.Float64 => MemoryMarshal.AsBytes<double>(proto.DoubleData.ToArray()).ToArray(),
            ElementType.Int64 => MemoryMarshal.AsBytes<long>(proto.Int64Data.ToArray()).ToArray(),
            ElementType.UInt64 or ElementType.UInt32 =>
                Narrow(proto.Uint64Data.Select(v => BitConverter.GetBytes(v)), type),
            _ => Narrow(proto.Int32Data.Select(v => BitConverter.GetBytes(v)), type),
        };
        return bytes.Length == shape.Size * type.Size() ? new(type, shape, bytes) : throw new ModelException(
            $"Initializer '{proto.Name}' of {type} {shape} holds {bytes.Length} bytes, "
            + $"expected {shape.Size * type.Size()}; the file is damaged, export it again.");
    }

    /// <summary>A stored form of the tensor under a name.</summary>
    public static TensorProto ToProto(this Tensor tensor, string name) => new()
    {
        Name = name,
        DataType = (int)tensor.Type,
        Dims = { tensor.Shape.ToArray() },
        RawData = ByteString.CopyFrom(tensor.Data),
    };

    private static byte[] Bytes(ByteString stored) =>
        MemoryMarshal.TryGetArray(stored.Memory, out var whole) && whole.Array is { } array && array.Length == whole.Count
            ? array : stored.ToByteArray();

    // Small types are stored one value to a wider integer: keep the low bytes.
    private static byte[] Narrow(IEnumerable<byte[]> values, ElementType type) =>
        [.. values.SelectMany(bytes => bytes.Take(type.Size()))];
}

using Google.Protobuf;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// Where stored tensors lie in the bytes of an ONNX file, so that a program without a reader of the format can replace
/// their values in place.
/// </summary>
public static class WeightPlaces
{
    /// <summary>First byte and number of bytes of the raw data of each stored tensor, by the tensor's name. Tensors whose
    /// values are stored one by one, not as raw data, are left out.</summary>
    /// <param name="file">A whole file.</param>
    /// <exception cref="ModelException">It is not complete.</exception>
    public static IReadOnlyDictionary<string, (long Offset, int Bytes)> Of(byte[] file)
    {
        try
        {
            var places = new Dictionary<string, (long, int)>();
            foreach (var graph in Fields(file, 0, file.Length, ModelProto.GraphFieldNumber))
                foreach (var tensor in Fields(file, graph.Start, graph.Length, GraphProto.InitializerFieldNumber))
                    foreach (var data in Fields(file, tensor.Start, tensor.Length, TensorProto.RawDataFieldNumber))
                        places[TensorProto.Parser.ParseFrom(file, tensor.Start, tensor.Length).Name] = (data.Start, data.Length);
            return places;
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ModelException($"These bytes are no complete ONNX file ({error.Message}).", error);
        }
    }

    // The parts of a message that are messages or bytes of one field. A reader's position counts from the file's first byte.
    private static IEnumerable<(int Start, int Length)> Fields(byte[] file, int start, int length, int field)
    {
        var (end, reader) = (start + length, new CodedInputStream(file, start, length));
        for (var tag = reader.ReadTag(); tag != 0; tag = reader.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) != field
                || WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                reader.SkipLastField();
                continue;
            }
            var bytes = reader.ReadLength();
            var first = (int)reader.Position;
            yield return (first, bytes);
            reader = new(file, first + bytes, end - first - bytes);
        }
    }
}

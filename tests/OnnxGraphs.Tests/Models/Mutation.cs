using Google.Protobuf;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Tests;

/// <summary>Random damage to a model: to the bytes of its file, or to what they say.</summary>
internal static class Mutation
{
    private static readonly long[] Numbers = [0, 1, -1, 2, 3, 7, 255, 1L << 20, 1L << 31, 1L << 40, 1L << 62,
        long.MaxValue, long.MinValue, int.MinValue];

    /// <summary>One to four changes of the bytes: flipped, overwritten, removed, doubled, or the end cut off.</summary>
    public static byte[] OfBytes(byte[] model, Random random)
    {
        var bytes = model.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 8; changes--)
        {
            var (at, length) = (random.Next(bytes.Count - 4), random.Next(1, 5));
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.Slice(at, length)); break;
                default: bytes.RemoveRange(at, random.Next(20) == 0 ? bytes.Count - at : length); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>One to three changes of names, operators, attributes, dimensions, types or stored numbers.</summary>
    public static byte[] OfMeaning(ModelProto model, Random random)
    {
        var copy = model.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            Change(copy.Graph, random);
        return copy.ToByteArray();
    }

    private static void Change(GraphProto graph, Random random)
    {
        var node = Pick(graph.Node, random);
        switch (random.Next(11))
        {
            case 0: node.OpType = Pick(graph.Node, random).OpType; break;
            case 1 when node.Input.Count > 0: node.Input[random.Next(node.Input.Count)] = AnyName(graph, random); break;
            case 2: node.Output[0] = AnyName(graph, random); break;
            case 3 when node.Input.Count > 0: node.Input.RemoveAt(random.Next(node.Input.Count)); break;
            case 4: node.Input.Add(AnyName(graph, random)); break;
            case 5 when node.Attribute.Count > 0: Change(Pick(node.Attribute, random), random); break;
            case 6: node.Attribute.Add(Pick(graph.Node, random).Attribute); break;
            case 7: graph.Node.RemoveAt(random.Next(graph.Node.Count)); break;
            case 8 when graph.Initializer.Count > 0: Change(Pick(graph.Initializer, random), random); break;
            case 9 when Pick(graph.Input, random).Type?.TensorType is { Shape: not null } type:
                Change(type, random);
                break;
            default: node.Output.Add($"more{random.Next(3)}"); break;
        }
    }

    private static void Change(AttributeProto attribute, Random random)
    {
        if (attribute.Ints.Count > 0)
            attribute.Ints[random.Next(attribute.Ints.Count)] = AnyNumber(random);
        else if (attribute.T is { } tensor)
            Change(tensor, random);
        else if (attribute.G is { Node.Count: > 0 } graph)
            Change(graph, random);
        else if (random.Next(4) == 0)
            attribute.Type = (AttributeProto.Types.AttributeType)random.Next(15);
        else
            (attribute.I, attribute.F, attribute.S) =
                (AnyNumber(random), AnyNumber(random), ByteString.CopyFromUtf8("ij,->"));
    }

    private static void Change(TensorProto tensor, Random random)
    {
        switch (random.Next(4))
        {
            case 0: tensor.DataType = random.Next(20); break;
            case 1 when tensor.Dims.Count > 0: tensor.Dims[random.Next(tensor.Dims.Count)] = AnyNumber(random); break;
            case 2: tensor.Dims.Add(random.Next(3)); break;
            default:
                var bytes = tensor.RawData.ToByteArray();
                if (bytes.Length >= 8)
                    BitConverter.GetBytes(AnyNumber(random)).CopyTo(bytes, random.Next(bytes.Length / 8) * 8);
                tensor.RawData = ByteString.CopyFrom(bytes);
                break;
        }
    }

    private static void Change(TypeProto.Types.Tensor type, Random random)
    {
        if (type.Shape.Dim.Count == 0 || random.Next(4) == 0)
            type.ElemType = random.Next(20);
        else
            Pick(type.Shape.Dim, random).DimValue = AnyNumber(random);
    }

    private static string AnyName(GraphProto graph, Random random) => random.Next(8) switch
    {
        0 => "",
        1 => "nowhere",
        2 when graph.Initializer.Count > 0 => Pick(graph.Initializer, random).Name,
        3 when graph.Input.Count > 0 => Pick(graph.Input, random).Name,
        _ => Pick(graph.Node, random).Output.FirstOrDefault("none"),
    };

    private static long AnyNumber(Random random) =>
        random.Next(3) == 0 ? random.NextInt64(-4, 9) : Numbers[random.Next(Numbers.Length)];

    private static T Pick<T>(IList<T> list, Random random) where T : new() =>
        list.Count == 0 ? new() : list[random.Next(list.Count)];
}

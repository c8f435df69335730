using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>Between <see cref="Attributes"/> and the file format's <see cref="AttributeProto"/>.</summary>
internal static class AttributeValues
{
    public static Attributes Read(NodeProto node)
    {
        Attributes attributes = [];
        foreach (var proto in node.Attribute)
            attributes.Add(proto.Name, Value(proto) ?? throw new GraphException(
                $"{node.OpType} '{node.Name}': attribute '{proto.Name}' of kind {proto.Type} (a subgraph?) cannot lie "
                    + "on a training path; cut the model before this node."));
        return attributes;
    }

    public static AttributeProto Write(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case long i: (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, i); break;
            case float f: (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, f); break;
            case string s: (proto.Type, proto.S) =
                (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(s)); break;
            case Tensor t: (proto.Type, proto.T) = (AttributeProto.Types.AttributeType.Tensor, t.ToProto("")); break;
            case long[] list: proto.Type = AttributeProto.Types.AttributeType.Ints; proto.Ints.Add(list); break;
            case float[] list: proto.Type = AttributeProto.Types.AttributeType.Floats; proto.Floats.Add(list); break;
            case string[] list:
                proto.Type = AttributeProto.Types.AttributeType.Strings;
                proto.Strings.Add(list.Select(ByteString.CopyFromUtf8));
                break;
            default: throw new GraphException($"Attribute '{name}' cannot hold a {value.GetType().Name}.");
        }
        return proto;
    }

    // Files of early exporters leave the type out: then the field that is filled tells.
    private static object? Value(AttributeProto proto) => proto.Type switch
    {
        AttributeProto.Types.AttributeType.Float => proto.F,
        AttributeProto.Types.AttributeType.Int => proto.I,
        AttributeProto.Types.AttributeType.String => proto.S.ToStringUtf8(),
        AttributeProto.Types.AttributeType.Tensor => proto.T?.ToTensor(),
        AttributeProto.Types.AttributeType.Floats => proto.Floats.ToArray(),
        AttributeProto.Types.AttributeType.Ints => proto.Ints.ToArray(),
        AttributeProto.Types.AttributeType.Strings => proto.Strings.Select(s => s.ToStringUtf8()).ToArray(),
        AttributeProto.Types.AttributeType.Undefined => proto.HasF ? proto.F : proto.HasI ? proto.I
            : proto.HasS ? proto.S.ToStringUtf8() : proto.T is { } t ? t.ToTensor()
            : proto.Ints.Count > 0 ? proto.Ints.ToArray() : proto.Floats.Count > 0 ? proto.Floats.ToArray() : null,
        _ => null,
    };
}

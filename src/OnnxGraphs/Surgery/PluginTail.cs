using Google.Protobuf;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Ends of a file that only TensorRT computes (EfficientNMS_TRT, BatchedNMS_TRT): cut off while the file is trained, so that
/// what they read are its outputs, and put back when it is saved.
/// </summary>
public static class PluginTail
{
    private const string Key = "onnx_graphs.plugin_tail";

    /// <summary>The model without such an end; itself where it has none.</summary>
    /// <exception cref="ModelException">A plugin stands in the middle of the network.</exception>
    public static OnnxModel Cut(OnnxModel model)
    {
        var (values, tail) = (new HashSet<string>(), new GraphProto { Name = "tail" });
        foreach (var node in model.Proto.Graph.Node.Where(node => IsPlugin(node) || ValueGraph.Reads(node).Any(values.Contains)))
        {
            values.UnionWith(node.Output);
            tail.Node.Add(node);
        }
        if (tail.Node.Count == 0)
            return model;
        if (tail.Node.FirstOrDefault(ValueGraph.IsLayer) is { } layer)
            throw new ModelException($"{model.Path}: layers lie behind the plugin '{tail.Node[0].OpType}', which only TensorRT "
                + $"computes (first '{layer.Output[0]}'); export the model without it.");
        tail.Output.Add(model.Proto.Graph.Output);
        var (copy, graph) = (model.Clone(), new ValueGraph(model));
        foreach (var node in copy.Proto.Graph.Node.Where(node => node.Output.Any(values.Contains)).ToList())
            copy.Proto.Graph.Node.Remove(node);
        string[] read = [.. tail.Node.SelectMany(ValueGraph.Reads).Distinct()
            .Where(name => !values.Contains(name) && !graph.IsConstant(name))];
        foreach (var output in copy.Proto.Graph.Output.Where(output => values.Contains(output.Name)).ToList())
            copy.Proto.Graph.Output.Remove(output);
        copy.Proto.Graph.Output.Add(read.Except(copy.Proto.Graph.Output.Select(output => output.Name))
            .Select(name => new ValueInfoProto { Name = name }));
        copy.Proto.MetadataProps.Add(new StringStringEntryProto { Key = Key, Value = tail.ToByteString().ToBase64() });
        return copy;
    }

    /// <summary>The model with the end that was cut off; itself where none was.</summary>
    public static OnnxModel Return(OnnxModel model)
    {
        if (Stored(model) is not { } entry)
            return model;
        var (copy, tail) = (model.Clone(), GraphProto.Parser.ParseFrom(ByteString.FromBase64(entry.Value)));
        copy.Proto.MetadataProps.Remove(Stored(copy)!);
        copy.Proto.Graph.Node.Add(tail.Node);
        copy.Proto.Graph.Output.Clear();
        copy.Proto.Graph.Output.Add(tail.Output);
        return copy;
    }

    /// <summary>Operators of the end that was cut off.</summary>
    public static IReadOnlyList<string> Operators(OnnxModel model) => Stored(model) is { } entry
        ? [.. GraphProto.Parser.ParseFrom(ByteString.FromBase64(entry.Value)).Node.Where(IsPlugin).Select(node => node.OpType)]
        : [];

    /// <summary>Writes the number of classes into plugins that spell it out.</summary>
    public static OnnxModel WithClasses(OnnxModel model, int classes)
    {
        var counts = model.Proto.Graph.Node.Where(IsPlugin).SelectMany(node => node.Attribute)
            .Where(attribute => attribute.Name is "numClasses" or "num_classes").ToList();
        foreach (var count in counts)
            count.I = classes;
        return model;
    }

    private static bool IsPlugin(NodeProto node) => node.OpType.EndsWith("_TRT", StringComparison.Ordinal)
        || node.Domain.StartsWith("TRT", StringComparison.OrdinalIgnoreCase);

    private static StringStringEntryProto? Stored(OnnxModel model) =>
        model.Proto.MetadataProps.LastOrDefault(entry => entry.Key == Key);
}

using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>What nothing reads any more after layers took another form.</summary>
internal static class UnreadTensors
{
    /// <summary>Removes numbers that nothing reads: second halves of pairs, constants, stored tensors and their declarations
    /// among the inputs.</summary>
    public static void Remove(OnnxModel model)
    {
        var graph = model.Proto.Graph;
        var read = Read(model);
        foreach (var node in graph.Node.Where(node => node.OpType is "DequantizeLinear" or "Constant"
            && !read.Contains(node.Output[0])).ToList())
            graph.Node.Remove(node);
        read = Read(model);
        var unread = graph.Initializer.Where(tensor => !read.Contains(tensor.Name)).ToList();
        var names = unread.Select(tensor => tensor.Name).ToHashSet();
        foreach (var tensor in unread)
            graph.Initializer.Remove(tensor);
        foreach (var declared in graph.Input.Where(input => names.Contains(input.Name)).ToList())
            graph.Input.Remove(declared);
    }

    private static HashSet<string> Read(OnnxModel model) =>
        [.. model.Proto.Graph.Node.SelectMany(ValueGraph.Reads), .. model.OutputNames];
}

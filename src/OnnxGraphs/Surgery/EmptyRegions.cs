using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Lets a detector that looks at regions run where none is proposed, as on an empty picture. torchvision 0.14 writes
/// Reshapes to [regions, -1], and of no regions ONNX Runtime cannot tell how many numbers -1 stands for: it stops.
/// </summary>
public static class EmptyRegions
{
    /// <summary>The model where it can be run without regions or cannot be mended, else a copy that can be run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="regions">Name of the regions, as <see cref="RegionStage"/> has it.</param>
    /// <param name="picture">A picture, by the name of the input.</param>
    public static OnnxModel Allow(OnnxModel model, string regions, IReadOnlyDictionary<string, Tensor> picture)
    {
        if (Run(model, regions, picture, 0, model.OutputNames) is not null)
            return model;
        var copy = model.Clone();
        foreach (var (node, others) in Ambiguous(model, regions, picture))
            Mend(copy, copy.Proto.Graph.Node.Single(own => own.Output.Contains(node.Output[0])), others);
        return Run(copy, regions, picture, 0, model.OutputNames) is null ? model : copy;
    }

    // Null where ONNX Runtime stops.
    private static IReadOnlyDictionary<string, Tensor>? Run(OnnxModel model, string regions,
        IReadOnlyDictionary<string, Tensor> picture, int count, IReadOnlyList<string> values)
    {
        // Squares of 8 pixels, one beside the other.
        float[] corners = [.. Enumerable.Range(0, count).SelectMany(i => new float[] { 8 * i, 0, 8 * i + 8, 8 })];
        try
        {
            return Subgraph.Run(
                model, picture.Append(new(regions, Tensor.Of<float>(new(count, 4), corners))).ToDictionary(), values);
        }
        catch (ModelException)
        {
            return null;
        }
    }

    // Reshapes of one row a region whose target asks for as many rows and leaves another axis to be found, with the numbers
    // of the axes behind the first that it does say.
    private static IEnumerable<(NodeProto Node, long Others)> Ambiguous(
        OnnxModel model, string regions, IReadOnlyDictionary<string, Tensor> picture)
    {
        const int few = 2, more = 3;
        var nodes = Behind(model, regions).Where(node => node.OpType == "Reshape").ToList();
        List<string> values = [.. nodes.SelectMany(node => new[] { node.Input[0], node.Input[1] }).Distinct()];
        if (Run(model, regions, picture, few, values) is not { } one || Run(model, regions, picture, more, values) is not { } other)
            yield break;
        foreach (var node in nodes)
        {
            var target = one[node.Input[1]].Values<long>().ToArray();
            if (target is [few, ..] && other[node.Input[1]].Values<long>()[0] == more && target.Count(size => size == -1) == 1
                && Rows(one[node.Input[0]]) == few && Rows(other[node.Input[0]]) == more)
                yield return (node, target.Skip(1).Where(size => size != -1).Aggregate(1L, (a, b) => a * b));
        }
    }

    private static long Rows(Tensor tensor) => tensor.Shape.Rank == 0 ? 0 : tensor.Shape[0];

    // The nodes that depend on the regions.
    private static List<NodeProto> Behind(OnnxModel model, string regions)
    {
        var (reached, found) = (new HashSet<string> { regions }, new List<NodeProto>());
        foreach (var node in model.Proto.Graph.Node)
            if (ValueGraph.Reads(node).Any(reached.Contains))
            {
                reached.UnionWith(node.Output);
                found.Add(node);
            }
        return found;
    }

    // What is left to be found is, whatever the number of rows, the numbers of a row over the axes that are said.
    private static void Mend(OnnxModel model, NodeProto reshape, long others)
    {
        var (nodes, stem, target) = (model.Proto.Graph.Node, $"{reshape.Output[0]}/row", reshape.Input[1]);
        var at = nodes.IndexOf(reshape);
        var numbers = Add("ReduceProd", "numbers", Add("Slice", "sizes", Add("Shape", "shape", reshape.Input[0]),
            Number("first", 1), Number("end", int.MaxValue)));
        reshape.Input[1] = Add("Where", "target", Add("Equal", "open", target, Number("unknown", -1)),
            Add("Div", "rest", numbers, Number("said", others)), target);

        string Number(string name, long value) => Insert(new()
        {
            OpType = "Constant",
            Attribute = { new AttributeProto
            {
                Name = "value", Type = AttributeProto.Types.AttributeType.Tensor,
                T = Tensor.Of<long>(new(1), [value]).ToProto(""),
            } },
        }, name);

        string Add(string op, string name, params string[] inputs) => Insert(new() { OpType = op, Input = { inputs } }, name);

        string Insert(NodeProto node, string name)
        {
            (node.Name, var output) = ($"{stem}/{name}", $"{stem}/{name}");
            node.Output.Add(output);
            nodes.Insert(at++, node);
            return output;
        }
    }
}

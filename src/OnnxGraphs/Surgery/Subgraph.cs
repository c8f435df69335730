using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Parts of a model between named values: as a model of their own, or run once to look at what they compute.
/// </summary>
public static class Subgraph
{
    /// <summary>
    /// The part of a model that computes the given values. Values named in <paramref name="inputs"/> become its inputs,
    /// with the given types and shapes; what lies before them is left out.
    /// </summary>
    public static OnnxModel Extract(
        OnnxModel model, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, TypedShape>? inputs = null)
    {
        inputs ??= new Dictionary<string, TypedShape>();
        var (producers, needed, open) = (model.Producers, new HashSet<string>(), new Stack<string>(outputs));
        while (open.TryPop(out var name))
            if (needed.Add(name) && !inputs.ContainsKey(name) && producers.TryGetValue(name, out var node))
                foreach (var input in ValueGraph.Reads(node))
                    open.Push(input);
        var graph = new GraphProto { Name = model.Proto.Graph.Name };
        graph.Node.Add(model.Proto.Graph.Node.Where(node =>
            node.Output.Any(output => needed.Contains(output) && !inputs.ContainsKey(output))));
        graph.Initializer.Add(model.Proto.Graph.Initializer.Where(tensor => needed.Contains(tensor.Name)));
        graph.Input.Add(model.Inputs.Where(input => needed.Contains(input.Name) && !inputs.ContainsKey(input.Name)));
        graph.Input.Add(inputs.Where(pair => needed.Contains(pair.Key)).Select(pair => Info(pair.Key, pair.Value)));
        graph.Output.Add(outputs.Select(name => model.Proto.Graph.Output.FirstOrDefault(o => o.Name == name)
            ?? new ValueInfoProto { Name = name }));
        return new(WithGraph(model.Proto, graph.Clone()), model.Path);
    }

    /// <summary>A copy of a model with another graph: its own one's weights would take long to copy.</summary>
    internal static ModelProto WithGraph(ModelProto model, GraphProto graph)
    {
        var proto = new ModelProto
        {
            IrVersion = model.IrVersion, ProducerName = model.ProducerName, ProducerVersion = model.ProducerVersion,
            Domain = model.Domain, ModelVersion = model.ModelVersion, DocString = model.DocString, Graph = graph,
        };
        proto.OpsetImport.Add(model.OpsetImport.Select(opset => opset.Clone()));
        proto.MetadataProps.Add(model.MetadataProps.Select(entry => entry.Clone()));
        proto.Functions.Add(model.Functions.Select(function => function.Clone()));
        return proto;
    }

    /// <summary>
    /// Runs a model once on the CPU and returns the named values, inner ones included. Floats of 16 bits are widened,
    /// so that it takes and gives float32 where the file has those.
    /// </summary>
    /// <exception cref="ModelException">ONNX Runtime refuses the model or its inputs.</exception>
    public static IReadOnlyDictionary<string, Tensor> Run(
        OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyList<string> values)
    {
        using var probe = new SubgraphProbe(model, feeds, values);
        return probe.Run(feeds);
    }

    internal static ValueInfoProto Info(string name, TypedShape type)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(type.Shape.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type.Element, Shape = shape };
        return new() { Name = name, Type = new() { TensorType = tensor } };
    }
}

using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>Graph to ONNX model: only what the outputs need is written.</summary>
public static class GraphWriter
{
    /// <summary>A model with the graph's declared inputs and outputs.</summary>
    public static OnnxModel Write(Graph graph, string name = "graph")
    {
        var model = Write(graph.Outputs, graph.Inputs);
        model.Proto.Graph.Name = name;
        return model;
    }

    /// <summary>A model that computes the given values; without a list of inputs, those that are needed.</summary>
    public static OnnxModel Write(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs = null)
    {
        var proto = new GraphProto { Name = "graph" };
        var needed = Needed(outputs);
        foreach (var leaf in needed.Where(v => v.Known is not null).OrderBy(v => v.Name, StringComparer.Ordinal))
            proto.Initializer.Add(leaf.Known!.ToProto(leaf.Name));
        proto.Input.Add((inputs ?? [.. needed.Where(v => v.Node is null && v.Known is null)]).Select(Info));
        var nodes = needed.Where(v => v is { Node: not null, Known: null }).Select(v => v.Node!).Distinct();
        foreach (var node in nodes.Where(node => !Op.IsPseudo(node.Op)).OrderBy(node => node.Index))
            proto.Node.Add(Write(node));
        foreach (var output in outputs.Where(output => Written(output) != output))
            proto.Node.Add(new NodeProto { OpType = "Identity", Input = { Written(output).Name },
                Output = { output.Name } });
        proto.Output.Add(outputs.Select(Info));
        return new(new ModelProto
        {
            IrVersion = OnnxModel.WorkingIrVersion,
            ProducerName = "Detection.MLNet",
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OnnxModel.WorkingOpset } },
            Graph = proto,
        });
    }

    // All values on the way to the outputs; a value that is known ends the walk.
    private static HashSet<Var> Needed(IReadOnlyList<Var> outputs)
    {
        var (needed, open) = (new HashSet<Var>(), new Stack<Var>(outputs));
        while (open.TryPop(out var value))
            if (needed.Add(value) && value is { Node: not null, Known: null })
                foreach (var input in Op.IsPseudo(value.Node.Op) ? value.Node.Inputs.Take(1) : value.Node.Inputs)
                    if (input is not null)
                        open.Push(input);
        return needed;
    }

    private static NodeProto Write(Node node)
    {
        var proto = new NodeProto { OpType = node.Op, Name = node.Name };
        proto.Input.Add(node.Inputs.Select(input => input is null ? "" : Written(input).Name));
        proto.Output.Add(node.Outputs.Select(output => output.Name));
        proto.Attribute.Add(node.Attributes.Select(pair => AttributeValues.Write(pair.Key, pair.Value)));
        return proto;
    }

    // Operators of expressions only stand for their first input.
    private static Var Written(Var value)
    {
        while (value is { Node: { } node, Known: null } && Op.IsPseudo(node.Op))
            value = node[0];
        return value;
    }

    private static ValueInfoProto Info(Var value)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(value.Shape.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return new()
        {
            Name = value.Name,
            Type = new() { TensorType = new() { ElemType = (int)value.Type, Shape = shape } },
        };
    }
}

using OnnxGraphs.Graphs;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>
/// Graph to ONNX model: only what the outputs need is written, in the lowest opset that says it.
/// </summary>
public static class GraphWriter
{
    /// <summary>A model with the graph's declared inputs and outputs.</summary>
    public static OnnxModel Write(Graph graph, string name = "graph")
    {
        var model = Write(graph.Outputs, graph.Inputs);
        model.Proto.Graph.Name = name;
        return model;
    }

    /// <summary>
    /// A model that computes the given values; without a list of inputs, those that are needed. An input that the graph
    /// itself computes is fed all the same.
    /// </summary>
    public static OnnxModel Write(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs = null)
    {
        var list = new StepList(outputs, _ => null, inputs);
        return Write(list, list.Steps, inputs);
    }

    /// <summary>A model of the given steps, which compute what the list does.</summary>
    internal static OnnxModel Write(StepList list, IReadOnlyList<Step> steps, IReadOnlyList<Var>? inputs)
    {
        steps = VectorParts.Last(steps);
        var proto = new GraphProto { Name = "graph" };
        foreach (var leaf in list.Leaves.Where(v => v.Known is not null).OrderBy(v => v.Name, StringComparer.Ordinal))
            proto.Initializer.Add(leaf.Known!.ToProto(leaf.Name));
        proto.Input.Add((inputs ?? [.. list.Leaves.Where(v => v.Known is null)]).Select(Info));
        var opset = LowestOpset.Of(steps);
        proto.Node.Add(steps.Select(step => Write(step, opset)));
        foreach (var output in list.Outputs.Where(output => list.Written(output) != output))
            proto.Node.Add(new NodeProto { OpType = "Identity", Input = { list.Written(output).Name },
                Output = { output.Name } });
        proto.Output.Add(list.Outputs.Select(Info));
        // ONNX Runtime cannot infer the shapes of operators that it does not know.
        proto.ValueInfo.Add(steps.Where(step => step.Domain.Length > 0).SelectMany(step => step.Outputs).Select(Info));
        return Model(proto, opset);
    }

    /// <summary>A model of a graph, with whatever other domains its nodes belong to.</summary>
    internal static OnnxModel Model(GraphProto graph, int opset = OnnxModel.WorkingOpset)
    {
        var domains = graph.Node.Select(node => node.Domain).Where(domain => domain.Length > 0).Distinct();
        return new(new ModelProto
        {
            IrVersion = OnnxModel.WorkingIrVersion,
            ProducerName = "Detection.MLNet",
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = opset },
                domains.Select(domain => new OperatorSetIdProto { Domain = domain, Version = 1 }),
            },
            Graph = graph,
        });
    }

    private static NodeProto Write(Step step, int opset)
    {
        var proto = new NodeProto { OpType = step.Op, Name = step.Name, Domain = step.Domain };
        proto.Input.Add(step.Inputs.Select(input => input?.Name ?? ""));
        proto.Output.Add(step.Outputs.Select(output => output.Name));
        proto.Attribute.Add(LowestOpset.Attributes(step, opset).Select(pair => AttributeValues.Write(pair.Key, pair.Value)));
        return proto;
    }

    /// <summary>Name, type and shape of a value.</summary>
    internal static ValueInfoProto Info(Var value)
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

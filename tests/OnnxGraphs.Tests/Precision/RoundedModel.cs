using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Precision;

/// <summary>
/// A model in 16-bit floats as one that the processor computes: float32 kernels, and each result rounded to the 16-bit
/// type. That is what a GPU does, which adds up in float32 and rounds what it stores.
/// </summary>
internal static class RoundedModel
{
    /// <summary>A run of a step, every node as it stands: ONNX Runtime's rewrites drop pairs of casts.</summary>
    public static TrainingRun Start(TrainingGraph step, OnnxModel model)
    {
        var rounded = new TrainingGraph(Of(step.Step), step.Layout, step.Data, step.Terms, step.Vectors)
        {
            Scaling = step.Scaling,
        };
        return new(rounded, model, null,
            options => options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL);
    }

    public static OnnxModel Of(OnnxModel model)
    {
        var (copy, types) = (model.Clone(), TypedNodes.Types(model));
        var graph = copy.Proto.Graph;
        for (var i = 0; i < graph.Initializer.Count; i++)
            if (IsNarrow((ElementType)graph.Initializer[i].DataType))
                graph.Initializer[i] = graph.Initializer[i].ToTensor().ToFloat32().ToProto(graph.Initializer[i].Name);
        var nodes = graph.Node.ToList();
        graph.Node.Clear();
        foreach (var node in nodes)
            graph.Node.Add(Rounded(node, types));
        return copy;
    }

    private static IEnumerable<NodeProto> Rounded(NodeProto node, IReadOnlyDictionary<string, ElementType> types)
    {
        var type = types[node.Output[0]];
        var from = node.Input.Count > 0 && node.Input[0].Length > 0 ? types[node.Input[0]] : type;
        if (node.OpType == "Cast" && IsNarrow(from))
            return [new() { OpType = "Identity", Input = { node.Input[0] }, Output = { node.Output[0] } }];
        if (!IsNarrow(type))
            return [node];
        if (node.OpType == "Cast")
            return Round(node.Input[0], node.Output[0], type);
        foreach (var attribute in node.Attribute.Where(attribute => attribute.T is not null))
            attribute.T = attribute.T.ToTensor().ToFloat32().ToProto("");
        var result = node.Output[0];
        node.Output[0] = result + "/exact";
        return [node, .. Round(node.Output[0], result, type)];
    }

    private static NodeProto[] Round(string value, string result, ElementType type) =>
        [Cast(value, result + "/narrow", type), Cast(result + "/narrow", result, ElementType.Float32)];

    private static NodeProto Cast(string value, string result, ElementType type)
    {
        var to = new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)type };
        return new() { OpType = "Cast", Input = { value }, Output = { result }, Attribute = { to } };
    }

    private static bool IsNarrow(ElementType type) => type is ElementType.Float16 or ElementType.BFloat16;
}

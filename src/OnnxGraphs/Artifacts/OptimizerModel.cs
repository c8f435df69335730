using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Optimizers;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// The official optimizer model: one node over sequences of all parameters, gradients and moments, which it updates in
/// place. Its input names and their order are fixed by the training runtime.
/// </summary>
internal static class OptimizerModel
{
    private const string Rate = "learning_rate", Step = "step", Parameters = "params", Gradients = "gradients",
        FirstMoments = "first_order_moments", SecondMoments = "second_order_moments", Updated = "updated";

    /// <summary>The model of an optimiser.</summary>
    /// <exception cref="ArgumentException">The training runtime has no such optimiser or option.</exception>
    public static OnnxModel Build(Optimizer optimizer)
    {
        CheckOptions(optimizer);
        var graph = new GraphProto { Name = "optimizer" };
        graph.Input.Add([Vector(Rate, ElementType.Float32), Vector(Step, ElementType.Int64)]);
        graph.Input.Add(new[] { Parameters, Gradients, FirstMoments }.Select(Tensors));
        var gradients = optimizer.ClipNorm is { } limit ? Clipped(graph, limit) : Gradients;
        graph.Node.Add(Update(optimizer, gradients));
        if (optimizer is AdamW)
            graph.Input.Add(Tensors(SecondMoments));
        // The flag of SGD is a scalar, that of AdamW a vector: leave its shape open.
        graph.Output.Add(new ValueInfoProto
        {
            Name = Updated, Type = new() { TensorType = new() { ElemType = (int)ElementType.Bool } },
        });
        return GraphWriter.Model(graph);
    }

    // Options are checked where an update is built.
    private static void CheckOptions(Optimizer optimizer)
    {
        var graph = new Graph();
        var (vector, scalar) = (graph.Input("vector", 1), graph.Input("scalar"));
        optimizer.Update(vector, vector, [.. optimizer.Slots.Select(_ => vector)], scalar, scalar);
    }

    private static NodeProto Update(Optimizer optimizer, string gradients) => optimizer switch
    {
        AdamW adam => Node("AdamWOptimizer",
            [Rate, Step, Parameters, gradients, FirstMoments, SecondMoments], Updated,
            ("alpha", adam.Beta1), ("beta", adam.Beta2), ("epsilon", adam.Epsilon),
            ("weight_decay", adam.WeightDecay), ("correct_bias", 1L), ("adam_mode", 0L)),
        Sgd { Momentum: 0, WeightDecay: 0 } => Node("SGDOptimizerV2", [Rate, Parameters, gradients], Updated),
        Sgd sgd => throw new ArgumentException(
            $"The training runtime's SGD has neither momentum nor weight decay; found Momentum = {sgd.Momentum}, "
            + $"WeightDecay = {sgd.WeightDecay}. Set both to 0, or use {nameof(AdamW)}."),
        _ => throw new ArgumentException(
            $"The training runtime has no optimizer {optimizer.GetType().Name}; expected {nameof(AdamW)} or "
            + $"{nameof(Sgd)}."),
    };

    private static string Clipped(GraphProto graph, float limit)
    {
        graph.Node.Add(Node("InplaceClipGradNorm", [Gradients], "clipped_gradients", ("max_norm", limit)));
        return "clipped_gradients";
    }

    private static NodeProto Node(string op, string[] inputs, string output,
        params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto
        {
            OpType = op, Domain = TrainingKernels.Domain, Input = { inputs }, Output = { output },
        };
        node.Attribute.Add(attributes.Select(pair => AttributeValues.Write(pair.Name, pair.Value)));
        return node;
    }

    private static ValueInfoProto Vector(string name, ElementType type) =>
        new() { Name = name, Type = TypeOf(type, 1) };

    private static ValueInfoProto Tensors(string name) => new()
    {
        Name = name,
        Type = new()
        {
            SequenceType = new() { ElemType = new() { TensorType = new() { ElemType = (int)ElementType.Float32 } } },
        },
    };

    private static TypeProto TypeOf(ElementType type, long size) => new()
    {
        TensorType = new()
        {
            ElemType = (int)type,
            Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimValue = size } } },
        },
    };
}

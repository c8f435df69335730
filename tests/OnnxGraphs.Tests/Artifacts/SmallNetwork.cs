using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>
/// Four convolutions with a focal loss. Those in the middle have weights of one shape, the later one with the name
/// that sorts first: an order that is confused somewhere shows.
/// </summary>
internal static class SmallNetwork
{
    public const string Input = "images", Head = "logits", Target = "target";

    public static OnnxModel Model()
    {
        var (graph, random) = (new Graph(), new RandomTensors(3));
        Var Weight(string name, double size, params long[] dims) =>
            graph.Constant(name, random.Uniform(-size, size, dims));
        var x = graph.Input(Input, 2, 3, 16, 16);
        x = Op.Relu(Op.Conv(x, Weight("z.weight", 0.3, 8, 3, 3, 3), Weight("z.bias", 0.1, 8), stride: 2, pad: 1));
        x = Op.Relu(Op.Conv(x, Weight("middle.weight", 0.2, 8, 8, 3, 3), pad: 1));
        long[] two = [2, 2];
        x = Op.Apply("MaxPool", [x], new() { { "kernel_shape", two }, { "strides", two } });
        x = Op.Sigmoid(Op.Conv(x, Weight("early.weight", 0.2, 8, 8, 3, 3), pad: 1));
        graph.Output(Head, Op.Conv(x, Weight("a.weight", 0.5, 4, 8, 1, 1), Weight("a.bias", 0.1, 4)));
        return GraphWriter.Write(graph);
    }

    /// <summary>The sum over all elements, so that gradients of two batches add up to those of both together.</summary>
    public static IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var target = graph.Input(Target, heads[0].Type, heads[0].Shape);
        return new Dictionary<string, Var>
        {
            ["focal"] = new FocalLoss { Normalizer = Normalizer.None }.Of(heads[0], target),
        };
    }

    /// <summary>Images and targets of a step.</summary>
    public static IReadOnlyList<Tensor> Data(int seed, int images = 2)
    {
        var random = new RandomTensors(seed);
        var target = random.Uniform(0, 1, images, 4, 4, 4).Values<float>().ToArray().Select(v => v < 0.2f ? 1f : 0f);
        return [random.Normal(images, 3, 16, 16), Tensor.Of<float>(new(images, 4, 4, 4), [.. target])];
    }

    public static TrainingArtifacts Write(
        string folder, Optimizer optimizer, TrainingArtifactsOptions? options = null) =>
        TrainingArtifacts.Write(Model(), [Head], Loss, optimizer, folder, options);

    /// <summary>This library's own step, for batches of a size.</summary>
    public static TrainingRun OwnRun(Optimizer optimizer, int images)
    {
        var graph = TrainingGraph.Build(Model(), [Head], Loss, optimizer, new()
        {
            InputShapes = new Dictionary<string, TensorShape> { [Input] = new(images, 3, 16, 16) },
        });
        return new(graph, Model());
    }
}
